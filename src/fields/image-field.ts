/** A field that takes images only. Django's ImageField, with a limit of pixels. */

import { ContentSource } from "../storage/content.ts";
import { contentTypeOfName, defaultContentType } from "../storage/content-type.ts";
import type { CallOptions } from "../storage/call-options.ts";
import { FileFieldError } from "./errors.ts";
import type { FieldContent } from "./field-content.ts";
import type { FieldFile } from "./field-file.ts";
import { FileField, type FileFieldOptions } from "./file-field.ts";
import { canBeMeasured, imageSize } from "./image-size.ts";

/** What is used of `sharp`. */
export type Sharp = (
  input: Uint8Array,
  options: { readonly limitInputPixels: number },
) => {
  metadata(): Promise<{ readonly width?: number | undefined; readonly height?: number | undefined }>;
  stats(): Promise<unknown>;
};

export interface ImageFieldOptions extends FileFieldOptions {
  /** The most pixels, width by height: a small file can be a picture that fills the memory. Default: 50 million. */
  readonly maxPixels?: number | undefined;
  /**
   * `sharp`, where it is installed: each image is decoded as a whole before it is stored, and all formats that it reads
   * are taken. Without it the header must be that of a PNG, JPEG, GIF or WebP.
   */
  readonly sharp?: Sharp | undefined;
}

export interface Dimensions {
  readonly width: number;
  readonly height: number;
}

const defaultMaxPixels = 50_000_000;

/**
 * A field for images.
 *
 * Saving throws FileFieldError `NotAnImage` for what is none by its bytes or by the ending of its name, whatever a browser
 * says of it, and `TooManyPixels`.
 *
 * @example
 * const photo = imageField("photo", { uploadTo: "photos", maxPixels: 20_000_000 });
 */
export function imageField(name: string, options: ImageFieldOptions = {}): ImageField {
  return new ImageField(name, options);
}

/** What {@link imageField} makes. */
export class ImageField extends FileField {
  readonly #sharp: Sharp | undefined;
  readonly #maxPixels: number;

  constructor(
    name: string,
    { sharp, maxPixels = defaultMaxPixels, check, ...options }: ImageFieldOptions = {},
  ) {
    super(name, {
      ...options,
      check: async (content) => {
        await this.#checkName(content.filename);
        await this.#measure(content);
        await check?.(content, name);
      },
    });
    this.#sharp = sharp;
    this.#maxPixels = maxPixels;
  }

  /** By the bytes, or the name: what a browser says of them would be what a browser is told. */
  override async contentTypeOf({ content, filename }: FieldContent): Promise<string> {
    const header = canBeMeasured(content) ? await imageSize(content) : null;
    return header?.type ?? (await contentTypeOfName(filename)) ?? defaultContentType;
  }

  /**
   * Width and height of a record's image, stored or only assigned. Reads no more of it than its header.
   *
   * @throws FileFieldError `NoFile`, `NotAnImage`, `TooManyPixels`
   */
  async dimensions(file: FieldFile, options: CallOptions = {}): Promise<Dimensions> {
    const opened = await file.open({ ...options, lazy: true });
    const content = { content: opened, filename: file.name, contentType: undefined, size: opened.size };
    return this.#measure(content);
  }

  /** A web server tells the type by the ending: the bytes of a picture can be a page, too. */
  async #checkName(filename: string): Promise<void> {
    if (!filename.includes(".")) return;
    const type = await contentTypeOfName(filename);
    if (type?.startsWith("image/") === true && type !== "image/svg+xml") return;
    throw new FileFieldError(
      this.name,
      "NotAnImage",
      `The file ${JSON.stringify(filename)} has not the name of an image.`,
    );
  }

  async #measure({ content, filename }: FieldContent): Promise<Dimensions> {
    if (!canBeMeasured(content)) {
      throw new TypeError(
        `The image ${JSON.stringify(filename)} of the field ${JSON.stringify(this.name)} is a stream, which cannot be` +
          ` looked at before it is stored: give a File, a Blob, bytes or a file of a storage.`,
      );
    }
    const limitInputPixels = this.#maxPixels;
    const header = await imageSize(content);
    if (header !== null) this.#checkPixels(filename, header);
    if (this.#sharp === undefined) {
      if (header === null) throw this.#notAnImage(filename);
      return { width: header.width, height: header.height };
    }
    try {
      const source = new ContentSource(content);
      const { bytes } = await source.head(Number.POSITIVE_INFINITY);
      const image = this.#sharp(bytes, { limitInputPixels });
      const { width = 0, height = 0 } = await image.metadata();
      this.#checkPixels(filename, { width, height });
      await image.stats();
      return { width, height };
    } catch (error) {
      throw error instanceof FileFieldError ? error : this.#notAnImage(filename, error);
    }
  }

  #checkPixels(filename: string, { width, height }: Dimensions): void {
    if (width * height <= this.#maxPixels) return;
    throw new FileFieldError(
      this.name,
      "TooManyPixels",
      `The image ${JSON.stringify(filename)} has ${width} × ${height} pixels; ${this.#maxPixels} are the most.`,
    );
  }

  #notAnImage(filename: string, cause?: unknown): FileFieldError {
    return new FileFieldError(this.name, "NotAnImage", `The file ${JSON.stringify(filename)} is no image.`, {
      cause,
    });
  }
}
