// Uploads in parts, with progress, that go on where they stopped. Without this script the form does it.
import { uploadFile } from "/uploads/upload.js";

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
    stop.onclick = () => abort.abort();
    error.hidden = true;
    progress.hidden = false;
    try {
      for (const file of find("input").files) {
        await uploadFile(file, {
          endpoint: "/uploads",
          signal: abort.signal,
          onProgress: (now) => show(file, now),
        });
      }
      location.assign("/?done=uploaded");
    } catch (reason) {
      progress.hidden = true;
      error.hidden = false;
      error.textContent = abort.signal.aborted
        ? "Stopped. The same file goes on where it was."
        : reason.message;
    }
  });

  function show(file, { loaded, total }) {
    find("progress").value = loaded / total;
    find("output").textContent = `${file.name}: ${Math.round((100 * loaded) / total)} %`;
  }
}
