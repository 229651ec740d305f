/** `stowage collectstatic` and `stowage findstatic`, as they are typed. */

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { siteFolder, type SiteFolder } from "./site.ts";

const program = fileURLToPath(import.meta.resolve("../../src/cli/main.js"));

function siteWith(files: Readonly<Record<string, string>>): SiteFolder {
  const folder = siteFolder(files);
  const { root } = folder;
  const storage = JSON.stringify(import.meta.resolve("../../src/storage.js"));
  folder.write({
    "stowage.config.js": `import { disk } from ${storage};
      const location = ${JSON.stringify(join(root, "collected"))};
      export default { storages: { staticfiles: disk({ location }) }, static: { directories: ["static", "more"] } };`,
  });
  return folder;
}

function run(
  { root }: SiteFolder,
  line: string,
  input = "",
): { code: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...line.split(" ")], {
    cwd: root,
    input,
    encoding: "utf8",
  });
  return { code: status, out: stdout.replaceAll(root, "ROOT"), err: stderr.replaceAll(root, "ROOT") };
}

const files = { "static/a.css": "a{b:url(x.png)}", "static/x.png": "PNG", "more/a.css": "later" };

test("stowage collectstatic asks before it changes what is there, and nothing where the target is empty", () => {
  using folder = siteWith(files);
  assert.deepEqual(run(folder, "collectstatic"), {
    code: 0,
    out: "\n2 static files copied to 'ROOT/collected', 2 post-processed, 1 skipped due to conflict.\n",
    err: "",
  });
  folder.write({ "static/x.png": "GIF" });
  for (const input of ["no\n", "", "y\n"]) {
    const { code, out, err } = run(folder, "collectstatic", input);
    assert.deepEqual([code, out], [1, ""]);
    assert.match(
      err,
      /location as specified in your settings:\n\n {4}ROOT\/collected\n\nThis will overwrite existing/,
    );
    assert.match(err, /stowage: Collecting static files cancelled; /);
  }
  const summary =
    "\n1 static file copied to 'ROOT/collected', 1 unmodified, 2 post-processed, 1 skipped due to conflict.\n";
  assert.equal(run(folder, "collectstatic", "yes\n").out, summary);
  const cleared = run(folder, "collectstatic --clear --noinput");
  assert.deepEqual([cleared.code, cleared.err], [0, ""]);
  assert.match(cleared.out, /^\n7 static files deleted, 2 static files copied/);
  assert.match(run(folder, "collectstatic -c", "no\n").err, /This will DELETE ALL FILES in this location!/);
});

test("stowage collectstatic says as much as it is asked to", () => {
  using folder = siteWith(files);
  const dry = run(folder, "collectstatic --noinput --dry-run");
  assert.match(
    dry.out,
    /^Pretending to copy 'ROOT\/static\/a\.css'\nPretending to copy 'ROOT\/static\/x\.png'\n\n2 static/,
  );
  assert.ok(!existsSync(join(folder.root, "collected")));
  assert.equal(run(folder, "collectstatic --noinput -v 0").out, "");
  folder.write({ "static/new.txt": "new" });
  const { out } = run(folder, "collectstatic --no-input --verbosity 2");
  assert.match(
    out,
    /^Found another file with the destination path 'a\.css'\. It will be ignored since only/m,
  );
  assert.match(out, /^Skipping 'x\.png' \(not modified\)$/m);
  assert.match(out, /^Copying 'ROOT\/static\/new\.txt'$/m);
  assert.match(out, /^Post-processed 'new\.txt' as 'new\.22af645d1859\.txt'$/m);
  assert.equal(run(folder, "collectstatic -v 4").code, 2);
});

test("stowage collectstatic leaves names alone, ignores and links as it is told", () => {
  using folder = siteWith({ ...files, "static/.hidden": "h", "static/b.scss": "b" });
  run(folder, "collectstatic --noinput --no-post-process --no-default-ignore -i *.scss -i x.* --link");
  assert.deepEqual(readdirSync(join(folder.root, "collected")).sort(), [".hidden", "a.css"]);
});

test("stowage collectstatic tells in a line what is wrong", () => {
  using folder = siteWith({ "static/a.css": "a{b:url(gone.png)}" });
  const { code, out, err } = run(folder, "collectstatic --noinput");
  assert.deepEqual([code, out], [1, ""]);
  assert.match(
    err,
    /^There is no directory ROOT\/more, where static files should be\.\nstowage: a\.css refers to "gone\.png" on line 1, .*; add the files/,
  );
  using empty = siteFolder();
  assert.match(
    run(empty, "collectstatic").err,
    /^stowage: There is no stowage\.config\.ts in ROOT or above it; .*\n$/,
  );
});

test("stowage findstatic shows where a file comes from", () => {
  using folder = siteWith(files);
  assert.equal(
    run(folder, "findstatic a.css").out,
    "Found 'a.css' here:\n  ROOT/static/a.css\n  ROOT/more/a.css\n",
  );
  assert.equal(run(folder, "findstatic a.css --first -v 0").out, "ROOT/static/a.css\n");
  assert.match(
    run(folder, "findstatic x.png -v 2").out,
    /Looking in the following locations:\n {2}ROOT\/static\n {2}ROOT\/more\n$/,
  );
  const { code, err } = run(folder, "findstatic nope.css");
  assert.equal(code, 1);
  assert.match(err, /^stowage: No matching file found for 'nope\.css'; /);
});
