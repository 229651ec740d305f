/** The pages. */

import { staticUrl } from "stowage/static";
import { type Fragment, type Html, html } from "./html.ts";
import type { MyObject } from "./models.ts";

export interface ListOptions {
  /** What was done, for the person to read. */
  readonly done?: string | undefined;
  /** What went wrong. */
  readonly error?: string | undefined;
  /** The types that are taken, for the browser's dialog. */
  readonly accept: string;
  readonly maxFileBytes: number;
}

export function listPage(objects: readonly MyObject[], options: ListOptions): Html {
  const { done, error, accept, maxFileBytes } = options;
  return page(
    "My objects",
    html` ${done === undefined ? null : html`<p class="notice done" role="status">${done}</p>`}
      ${error === undefined ? null : html`<p class="notice error" role="alert"><strong>Nothing was stored.</strong> ${error}</p>`}
      <form class="card upload" action="/objects" method="post" enctype="multipart/form-data">
        <h2>Upload</h2>
        <label for="file"
          >Pictures, sound, film, PDF, text, CSV or ZIP, up to ${sizeText(maxFileBytes)} each</label
        >
        <input id="file" name="file" type="file" multiple required accept="${accept}" />
        <div class="buttons">
          <button>Upload</button>
          <button type="button" class="quiet" data-direct hidden>Upload with progress</button>
        </div>
        <div class="progress" data-progress hidden>
          <progress max="1" value="0" aria-label="Upload"></progress><output aria-live="off"></output>
          <button type="button" class="quiet" data-stop>Stop</button>
        </div>
        <p class="notice error" role="alert" data-error hidden></p>
      </form>
      <h2>${objects.length === 0 ? "Nothing here yet" : "Files"}</h2>
      <ul class="objects">
        ${objects.map((object) => item(object, accept))}
      </ul>`,
  );
}

export function messagePage(title: string, message: string): Html {
  return page(
    title,
    html`<h2>${title}</h2>
      <p>${message}</p>
      <p><a href="/">Back to the files</a></p>`,
  );
}

function item({ id, filename, size, uploadedAt, formField }: MyObject, accept: string): Html {
  const path = `/objects/${id}`;
  const isPicture = /\.(?:apng|avif|gif|jpe?g|png|webp)$/i.test(formField.name);
  const ending = /\.([a-z0-9]{1,5})$/i.exec(filename)?.[1] ?? "file";
  return html` <li class="card object">
    <a class="preview" href="${path}" tabindex="-1" aria-hidden="true">
      ${isPicture ? html`<img src="${path}" alt="" loading="lazy" />` : html`<span>${ending}</span>`}
    </a>
    <h3><a href="${path}" title="${filename}">${filename}</a></h3>
    <p class="facts">
      ${sizeText(size)} · <time datetime="${uploadedAt.toISOString()}">${dateText(uploadedAt)}</time>
    </p>
    <div class="actions">
      <a class="button" href="${path}/download" aria-label="Download ${filename}">Download</a>
      <details name="action">
        <summary aria-label="Replace ${filename}">Replace</summary>
        <form action="${path}/replace" method="post" enctype="multipart/form-data">
          <input name="file" type="file" required accept="${accept}" aria-label="New file for ${filename}" />
          <button>Replace</button>
        </form>
      </details>
      <details name="action">
        <summary aria-label="Delete ${filename}">Delete</summary>
        <form action="${path}/delete" method="post">
          <button class="danger" aria-label="Delete for good: ${filename}">Delete for good</button>
        </form>
      </details>
    </div>
  </li>`;
}

function page(title: string, body: Fragment): Html {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title} · mysite</title>
        <link rel="icon" href="${staticUrl("img/logo.svg")}" />
        <link rel="stylesheet" href="${staticUrl("css/site.css")}" />
        <script type="module" src="${staticUrl("js/upload.js")}"></script>
      </head>
      <body>
        <header>
          <h1>
            <a href="/"><img src="${staticUrl("img/logo.svg")}" alt="" width="32" height="32" /> mysite</a>
          </h1>
        </header>
        <main>${body}</main>
      </body>
    </html> `;
}

function sizeText(bytes: number): string {
  const units = ["bytes", "kB", "MB", "GB"];
  const power = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(bytes, 1)) / 3));
  return `${Number((bytes / 1000 ** power).toFixed(1))} ${units[power]}`;
}

function dateText(date: Date): string {
  return date.toLocaleDateString("en", { day: "numeric", month: "long", year: "numeric" });
}
