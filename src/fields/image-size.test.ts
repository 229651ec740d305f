import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { memory } from "../storage/backends/memory.ts";
import { fileField } from "./file-field.ts";
import { imageField, type Sharp } from "./image-field.ts";
import { imageSize } from "./image-size.ts";
import { withFiles } from "./with-files.ts";

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(" ", ""), "hex");

const png = hex("89504e470d0a1a0a 0000000d 49484452 00000280 000001e0 0802000000");
const gif = hex("474946383961 4001 f000 800000");
/** A JFIF header, a comment, then SOF2 with 480 rows of 640. */
const jpeg = hex(
  "ffd8 ffe0 0010 4a46494600010100000100010000 fffe 0004 6869 ff ffc2 0011 08 01e0 0280 03 012200",
);

const images: readonly (readonly [string, Buffer, object])[] = [
  ["a PNG", png, { type: "image/png", width: 640, height: 480 }],
  ["a GIF", gif, { type: "image/gif", width: 320, height: 240 }],
  ["a JPEG", jpeg, { type: "image/jpeg", width: 640, height: 480 }],
  [
    "a JPEG behind much metadata",
    Buffer.concat([hex("ffd8"), ...Array(3).fill(segment(65_533)), jpeg.subarray(2)]),
    { type: "image/jpeg", width: 640, height: 480 },
  ],
  [
    "a lossy WebP",
    hex("52494646 24000000 57454250 56503820 18000000 300100 9d012a 8002 e001 0034"),
    { type: "image/webp", width: 640, height: 480 },
  ],
  [
    "a lossless WebP",
    hex("52494646 24000000 57454250 5650384c 18000000 2f 7fc27700 0000000000000000"),
    { type: "image/webp", width: 640, height: 480 },
  ],
  [
    "an extended WebP",
    hex("52494646 24000000 57454250 56503858 0a000000 10000000 7f0200 df0100"),
    { type: "image/webp", width: 640, height: 480 },
  ],
];

for (const [what, bytes, expected] of images) {
  test(`imageSize() reads the header of ${what}`, async () => {
    assert.deepEqual(await imageSize(bytes), expected);
    assert.deepEqual(await imageSize(new Blob([bytes])), expected);
    const storage = memory();
    await storage.save("image", bytes);
    assert.deepEqual(await imageSize(await storage.open("image")), expected);
  });
}

test("imageSize() is null for what is none, whatever is cut off or changed, and never throws", async () => {
  assert.equal(await imageSize(Buffer.from("<svg/>")), null);
  assert.equal(await imageSize(Buffer.alloc(0)), null);
  assert.equal(
    await imageSize(hex("ffd8 ffda 0008 0101 0000 3f00 00000000")),
    null,
    "no size before the pixels",
  );
  assert.equal(
    await imageSize(hex("ffd8 ffe0 0000 0000 0000 0000 0000 0000")),
    null,
    "a segment of no length",
  );
  for (const [, bytes] of images.slice(0, 3)) assert.equal(await imageSize(bytes.subarray(0, 9)), null);
  const mangled = fc
    .tuple(fc.constantFrom(...images), fc.nat(40), fc.integer({ min: 0, max: 255 }))
    .map(([[, bytes], at, value]) => {
      const copy = Buffer.from(bytes.subarray(0, 200));
      copy[at % copy.length] = value;
      return copy;
    });
  await fc.assert(
    fc.asyncProperty(mangled, async (bytes) => {
      const size = await imageSize(bytes);
      assert.ok(size === null || (size.width > 0 && size.height > 0));
    }),
  );
});

test("imageField() stores images, and refuses what only says that it is one", async () => {
  const storage = memory();
  const photo = imageField("photo", { uploadTo: "photos", storage });
  const file = photo.of({}).assign(new File([png], "cat.png", { type: "image/png" }));
  assert.deepEqual(await photo.dimensions(file), { width: 640, height: 480 }, "before it is stored");
  await withFiles((files) => files.save(file));
  assert.deepEqual(await photo.dimensions(file), { width: 640, height: 480 });
  const spoofed = photo.of({}).assign(new File(["<script>"], "cat.png", { type: "image/png" }));
  await assert.rejects(
    withFiles((files) => files.save(spoofed)),
    {
      code: "NotAnImage",
      field: "photo",
      message: 'The file "cat.png" is no image.',
    },
  );
  await assert.rejects(photo.dimensions(photo.of({})), { code: "NoFile" });
  assert.deepEqual(await storage.listdir("photos"), [[], ["cat.png"]]);
});

test("imageField() takes no name that a web server shows as a page, and stores what the bytes are", async () => {
  const storage = memory();
  const photo = imageField("photo", { storage });
  const save = (name: string, type: string): Promise<string> =>
    withFiles((files) => files.save(photo.of({}).assign(new File([png], name, { type }))));
  for (const name of ["page.html", "page.svg", "page.png.xhtml", "a.exe", "a.phtml"]) {
    await assert.rejects(save(name, "image/png"), {
      code: "NotAnImage",
      message: `The file "${name}" has not the name of an image.`,
    });
  }
  assert.deepEqual(await storage.listdir(), [[], []]);
  for (const name of ["cat.PNG", "cat.jpg", "cat"]) {
    const file = await storage.open(await save(name, "text/html"));
    assert.equal(file.contentType, "image/png", name);
  }
});

test("imageField() refuses more pixels than its limit", async () => {
  const photo = imageField("photo", { storage: memory(), maxPixels: 640 * 480 - 1 });
  const file = photo.of({}).assign(new File([png], "cat.png"));
  await assert.rejects(
    withFiles((files) => files.save(file)),
    {
      code: "TooManyPixels",
      message: 'The image "cat.png" has 640 × 480 pixels; 307199 are the most.',
    },
  );
});

test("imageField() with sharp takes what it decodes, and gives it the limit", async () => {
  const limits: number[] = [];
  const sharp: Sharp = (input, { limitInputPixels }) => {
    limits.push(limitInputPixels);
    return {
      metadata: async () => ({ width: 10, height: input.length }),
      stats: async () => {
        if (Buffer.from(input).includes("broken")) throw new Error("corrupt");
      },
    };
  };
  const photo = imageField("photo", { storage: memory(), sharp, maxPixels: 1000 });
  const save = (text: string): Promise<string> =>
    withFiles((files) => files.save(photo.of({}).assign(new File([text], "a.avif"))));
  assert.equal(await save("avif"), "a.avif");
  await assert.rejects(save("avif, broken"), { code: "NotAnImage" });
  await assert.rejects(save("x".repeat(101)), { code: "TooManyPixels" });
  assert.deepEqual(limits, [1000, 1000, 1000]);
});

test("a field's own check comes after that of the image", async () => {
  const asked: string[] = [];
  const check = async ({ filename }: { filename: string }, field: string): Promise<void> =>
    void asked.push(`${field} ${filename}`);
  const photo = imageField("photo", { storage: memory(), check });
  const plain = fileField("plain", { storage: memory(), check });
  await withFiles(async (files) => {
    await files.save(photo.of({}).assign(new File([png], "a.png")));
    await files.save(plain.of({}).assign(new File(["x"], "b.txt")));
  });
  assert.deepEqual(asked, ["photo a.png", "plain b.txt"]);
});

/** A segment of metadata: its length counts itself. */
function segment(length: number): Buffer {
  return Buffer.concat([hex("ffe1"), hex(length.toString(16).padStart(4, "0")), Buffer.alloc(length - 2)]);
}
