// Uploads in parts, with progress, that go on where they stopped. Without this script the form does it.
const endpoint = "/uploads";
const form = document.querySelector("form.upload");
if (form !== null) {
  const find = (selector) => form.querySelector(selector);
  const [button, stop, progress, error] = ["direct", "stop", "progress", "error"].map((name) =>
    find(`[data-${name}]`),
  );
  button.hidden = false;
  button.addEventListener("click", async () => {
    if (!form.reportValidity()) return;
    const abort = new AbortController();
    stop.addEventListener("click", () => abort.abort(), { once: true });
    for (const notice of document.querySelectorAll(".notice")) notice.hidden = true;
    progress.hidden = false;
    disable(true);
    stop.focus();
    try {
      const { uploadFile } = await import(`${endpoint}/upload.js`);
      for (const file of find("input").files) {
        await uploadFile(file, {
          endpoint,
          signal: abort.signal,
          onProgress: (now) => show(file, now),
        });
      }
      location.assign("/?done=uploaded");
    } catch (reason) {
      progress.hidden = true;
      disable(false);
      button.focus();
      error.hidden = false;
      error.textContent = abort.signal.aborted
        ? "Stopped. The same file goes on where it was."
        : reason.message;
    }
  });

  function disable(disabled) {
    for (const one of form.querySelectorAll(".buttons button, input")) one.disabled = disabled;
  }

  function show(file, { loaded, total }) {
    find("progress").value = loaded / total;
    find("output").textContent = `${file.name}: ${Math.round((100 * loaded) / total)} %`;
  }
}
