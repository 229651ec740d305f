/**
 * Uploads a file from a browser straight to S3, with the routes of `directUpload`. One module without imports, so that
 * it can be served as it is: the routes do so as `upload.js`.
 */

export interface UploadFileOptions {
  /** Where the routes of the application are, such as `/uploads`. */
  readonly endpoint: string;
  /** Called with every piece that was sent. */
  readonly onProgress?: ((progress: UploadProgress) => void) | undefined;
  /** Stops it. Called again with the same file, an upload in parts goes on where it stopped. */
  readonly signal?: AbortSignal | undefined;
  /** Parts under way at once. Default: 4. */
  readonly concurrency?: number | undefined;
  /** How often a part, or the whole where it is one, and the completion are tried again. Default: 5. */
  readonly retries?: number | undefined;
  /** Further headers for the application, such as a CSRF token. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

export interface UploadProgress {
  /** Bytes that were sent. */
  readonly loaded: number;
  readonly total: number;
}

/** What the application's server answered of a file that arrived. */
export interface UploadedDirectly {
  /** In the storage. */
  readonly name: string;
  readonly filename: string;
  readonly size: number;
  readonly contentType: string;
}

/** What the server or S3 refused. */
export class UploadFailed extends Error {
  override readonly name: string = "UploadFailed";
  /** Such as `FileTooLarge`; `Network` where there was no answer. */
  readonly code: string;
  /** HTTP status; 0 where there was no answer. */
  readonly status: number;

  constructor(message: string, code: string, status: number) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

type Begun =
  | {
      readonly method: "POST";
      readonly url: string;
      readonly fields: Record<string, string>;
      readonly token: string;
    }
  | InParts;

interface InParts {
  readonly method: "PUT";
  readonly token: string;
  readonly partSize: number;
  readonly partCount: number;
  readonly expires: string;
}

/**
 * Uploads a file.
 *
 * @returns What the server says of the file, after it has looked at it.
 * @throws UploadFailed; the signal's reason.
 * @example
 * const { name } = await uploadFile(input.files[0], {
 *   endpoint: "/uploads",
 *   onProgress: ({ loaded, total }) => { bar.value = loaded / total; },
 * });
 */
export async function uploadFile(file: File, options: UploadFileOptions): Promise<UploadedDirectly> {
  const resumed = await resume(file, options);
  const begun = resumed?.begun ?? (await begin(file, options));
  if (begun.method === "POST") await sendForm(file, begun, options);
  else await sendParts(file, begun, resumed?.parts ?? [], options);
  // Where its answer was lost, the server says the same again.
  const done = await retrying(options, () =>
    call<UploadedDirectly>("POST", "complete", options, { token: begun.token }),
  );
  forget(file, options);
  return done;
}

/** Gives up an upload that was stopped, and frees what arrived of it. */
export async function abandonUpload(file: File, options: UploadFileOptions): Promise<void> {
  const begun = recall(file, options);
  forget(file, options);
  if (begun !== null) await call("POST", "abort", options, { token: begun.token });
}

async function begin(file: File, options: UploadFileOptions): Promise<Begun> {
  const begun = await call<Begun>("POST", "begin", options, { filename: file.name, size: file.size });
  if (begun.method === "PUT") remember(file, options, begun);
  return begun;
}

async function sendForm(
  file: File,
  { url, fields }: Extract<Begun, { method: "POST" }>,
  options: UploadFileOptions,
): Promise<void> {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  // S3 ignores what comes after the file.
  form.append("file", file);
  await retrying(options, async () => {
    await send("POST", url, form, options, (loaded) =>
      // The form around the file is sent too.
      options.onProgress?.({ loaded: Math.min(loaded, file.size), total: file.size }),
    );
  });
}

async function sendParts(
  file: File,
  { token, partSize, partCount }: InParts,
  parts: readonly ArrivedPart[],
  options: UploadFileOptions,
): Promise<void> {
  const loaded = new Map<number, number>();
  const report = (): void => {
    const sum = Array.from(loaded.values()).reduce((a, b) => a + b, 0);
    options.onProgress?.({ loaded: Math.min(sum, file.size), total: file.size });
  };
  const missing = new Set(Array.from({ length: partCount }, (_, i) => i + 1));
  for (const { PartNumber, Size } of parts) {
    if (Size === partBytes(PartNumber)) {
      missing.delete(PartNumber);
      loaded.set(PartNumber, Size);
    }
  }
  report();

  function partBytes(number: number): number {
    return Math.min(partSize, file.size - (number - 1) * partSize);
  }

  const sendPart = async (number: number): Promise<void> => {
    const from = (number - 1) * partSize;
    const body = file.slice(from, from + partBytes(number));
    await retrying(options, async () => {
      const { url } = await call<{ url: string }>("GET", `s3/multipart/${token}/${number}`, options);
      await send("PUT", url, body, options, (bytes) => {
        loaded.set(number, bytes);
        report();
      });
    });
    loaded.set(number, body.size);
    report();
  };
  const queue = Array.from(missing);
  let failed = false;
  const worker = async (): Promise<void> => {
    for (let number = queue.shift(); number !== undefined && !failed; number = queue.shift()) {
      try {
        await sendPart(number);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: options.concurrency ?? 4 }, worker));
}

interface ArrivedPart {
  readonly PartNumber: number;
  readonly Size: number;
}

/** What an earlier attempt left; null where there is none, or the server no longer knows it. */
async function resume(
  file: File,
  options: UploadFileOptions,
): Promise<{ begun: InParts; parts: ArrivedPart[] } | null> {
  const begun = recall(file, options);
  if (begun === null) return null;
  try {
    return { begun, parts: await call<ArrivedPart[]>("GET", `s3/multipart/${begun.token}`, options) };
  } catch (error) {
    if (!(error instanceof UploadFailed) || error.status < 400 || error.status >= 500) throw error;
    forget(file, options);
    return null;
  }
}

// -------------------------------------------------------------------------------------------------------------- requests

/** A request to the application. */
async function call<T>(
  method: "GET" | "POST",
  path: string,
  { endpoint, headers, signal }: UploadFileOptions,
  body?: object,
): Promise<T> {
  let response: Response;
  try {
    response = await fetch(`${endpoint.replace(/\/$/, "")}/${path}`, {
      method,
      headers: { ...headers, ...(body === undefined ? {} : { "content-type": "application/json" }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    });
  } catch (error) {
    if (signal?.aborted === true) throw signal.reason;
    throw new UploadFailed(`The server cannot be reached: ${String(error)}`, "Network", 0);
  }
  const text = await response.text();
  const answer = text.startsWith("{") || text.startsWith("[") ? (JSON.parse(text) as unknown) : {};
  if (response.ok) return answer as T;
  const { message, code } = answer as { message?: string; code?: string };
  throw new UploadFailed(
    message ?? `The server answered ${response.status}.`,
    code ?? "Server",
    response.status,
  );
}

/** As much of XMLHttpRequest as is used: fetch tells no progress of what it sends. */
interface Sender {
  readonly upload: {
    addEventListener(type: "progress", listener: (event: { readonly loaded: number }) => void): void;
  };
  readonly status: number;
  readonly responseText: string;
  addEventListener(type: "load" | "error" | "abort", listener: () => void): void;
  open(method: string, url: string): void;
  setRequestHeader(name: string, value: string): void;
  send(body: FormData | Blob): void;
  abort(): void;
}

declare const XMLHttpRequest: new () => Sender;

function send(
  method: "POST" | "PUT",
  url: string,
  body: FormData | Blob,
  { signal, headers }: UploadFileOptions,
  onBytes: (loaded: number) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) return reject(signal.reason as Error);
    const request = new XMLHttpRequest();
    const onAbort = (): void => request.abort();
    const end = (settle: () => void): void => {
      signal?.removeEventListener("abort", onAbort);
      settle();
    };
    signal?.addEventListener("abort", onAbort);
    const failed = (): void => reject(new UploadFailed("The connection broke.", "Network", 0));
    const answered = (): void => {
      if (request.status >= 200 && request.status < 300) resolve();
      else reject(refusal(request));
    };
    request.upload.addEventListener("progress", ({ loaded }) => onBytes(loaded));
    request.addEventListener("load", () => end(answered));
    request.addEventListener("error", () => end(failed));
    request.addEventListener("abort", () => end(() => reject(signal?.reason)));
    request.open(method, url);
    // Only to the application itself: another origin would have to allow each of them.
    if (url.startsWith("/"))
      for (const [name, value] of Object.entries(headers ?? {})) request.setRequestHeader(name, value);
    request.send(body);
  });
}

/** What S3 says, in XML; or the application, in JSON. */
function refusal({ status, responseText }: Sender): UploadFailed {
  const code = /<Code>([^<]*)<\/Code>|"code":"([^"]*)"/.exec(responseText);
  const message = /<Message>([^<]*)<\/Message>|"message":"((?:[^"\\]|\\.)*)"/.exec(responseText);
  return new UploadFailed(
    message?.[1] ?? message?.[2] ?? `The storage answered ${status}.`,
    code?.[1] ?? code?.[2] ?? "Storage",
    status,
  );
}

/** Again after a while, twice as long each time, where that may help. */
async function retrying<T>(
  { retries = 5, signal }: UploadFileOptions,
  attempt: () => Promise<T>,
): Promise<T> {
  for (let tries = 0; ; tries++) {
    try {
      return await attempt();
    } catch (error) {
      signal?.throwIfAborted();
      const status = error instanceof UploadFailed ? error.status : 400;
      const mayHelp = status === 0 || status === 408 || status === 429 || status >= 500;
      if (!mayHelp || tries >= retries) throw error;
      await new Promise((resolve) =>
        setTimeout(resolve, Math.min(30_000, 250 * 2 ** tries) * (0.5 + Math.random())),
      );
      signal?.throwIfAborted();
    }
  }
}

// -------------------------------------------------------------------------------------------------- across visits of a page

interface Memory {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

/** Undefined where a browser keeps nothing, as in private windows: then nothing is resumed. */
function memory(): Memory | undefined {
  try {
    return (globalThis as { localStorage?: Memory }).localStorage;
  } catch {
    return undefined;
  }
}

function memoryKey({ name, size, lastModified }: File, { endpoint }: UploadFileOptions): string {
  return `stowage upload ${endpoint} ${name} ${size} ${lastModified}`;
}

function remember(file: File, options: UploadFileOptions, begun: InParts): void {
  try {
    memory()?.setItem(memoryKey(file, options), JSON.stringify(begun));
  } catch {
    // Full. The upload itself goes on.
  }
}

function recall(file: File, options: UploadFileOptions): InParts | null {
  const kept = memory()?.getItem(memoryKey(file, options)) ?? null;
  const begun = kept === null ? null : (JSON.parse(kept) as InParts);
  return begun !== null && Date.parse(begun.expires) > Date.now() + 60_000 ? begun : null;
}

function forget(file: File, options: UploadFileOptions): void {
  memory()?.removeItem(memoryKey(file, options));
}
