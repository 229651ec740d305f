/**
 * Interchange with Django: the same tree collected by both is the same, and each reads the other's manifest.
 *
 * Needs a Python with Django: STOWAGE_TEST_DJANGO_PYTHON, or what test/static/django/install.sh brings.
 */

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { test } from "node:test";
import { collectStatic, createStaticSite, openStaticFiles, type StaticSite } from "../../src/static.ts";
import { disk } from "../../src/storage.ts";
import { siteFolder } from "./site.ts";

const cache = process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache");
const python =
  process.env["STOWAGE_TEST_DJANGO_PYTHON"] ?? join(cache, "stowage-tests", "django", "bin", "python");

/** Django before 6.1 takes comments for references, and does not sort the manifest. */
const oldest = [6, 1];

const skip = whyNot();

/** What both have to understand in the same way. */
const tree = {
  "static/css/site.css": `@charset "utf-8";
@import "reset.css";
@import url('theme/dark.css') screen;
@import url("/static/css/theme/light.css");
/* url(not-there.png) and @import "neither.css"; */
body { background: url(../img/x.png) }
@font-face { src: url("../fonts/f.eot?#iefix"), url('../fonts/f.svg#font'), url(../fonts/f.woff2) }
.a { background: url(data:image/gif;base64,R0lGODlhAQABAAAAACw=), url(https://example.com/a.png), url(//h/a.png) }
.b { behavior: url(#default); background: url(/elsewhere/a.png) }
.c { content: "url(not-there.png)"; background: url(../img/my%20caf%C3%A9.png) }
/*# sourceMappingURL=site.css.map */
`,
  "static/css/site.css.map": "{}",
  "static/css/reset.css": "* { margin: 0 }\n",
  "static/css/theme/dark.css": '@import "../reset.css";\n.d { background: url(./../../img/x.png) }\n',
  "static/css/theme/light.css": "\ufeff.l { background: url('../../img/x.png') }\n",
  "static/fonts/f.eot": "eot",
  "static/fonts/f.svg": "<svg/>",
  "static/fonts/f.woff2": "woff2",
  "static/img/x.png": "PNG",
  "static/img/my café.png": "café",
  "static/js/app.js": 'import "./lib.js";\nrun();\n//# sourceMappingURL=app.js.map\n',
  "static/js/app.js.map": "{}",
  "static/js/lib.js": "export {};\n",
  "static/archive.tar.gz": "tar",
  "static/no-suffix": "text",
  "static/empty": "",
  "static/.hidden": "secret",
};

test(
  "Django and Stowage collect the same files under the same names, and write the same staticfiles.json",
  { skip },
  async () => {
    using folder = siteFolder(tree);
    const { theirs, ours } = await collectBoth(folder.root);
    const read = (directory: string): [string, string][] =>
      readdirSync(directory, { recursive: true, encoding: "utf8" })
        .filter((name) => statSync(join(directory, name)).isFile())
        .sort()
        .map((name) => [name, readFileSync(join(directory, name), "latin1")]);
    assert.deepEqual(read(ours), read(theirs));
  },
);

test(
  "Django and Stowage give the same URLs by their own manifests and by each other's",
  { skip },
  async () => {
    using folder = siteFolder(tree);
    const { site, theirs, ours } = await collectBoth(folder.root);
    const names = Object.keys(tree)
      .map((name) => name.slice("static/".length))
      .filter((name) => !name.startsWith("."));
    const own = await urls(site, names);
    assert.match(own[0]!, /^\/static\/css\/site\.[0-9a-f]{12}\.css$/);
    assert.deepEqual(await urls(siteAt(folder.root, theirs), names), own);
    // {% static %} leaves what Django decodes as it is: a browser encodes it.
    const decoded = own.map(decodeURI);
    for (const directory of [ours, theirs]) {
      assert.deepEqual((JSON.parse(run("urls", directory, ...names)) as string[]).map(decodeURI), decoded);
    }
  },
);

async function collectBoth(root: string): Promise<{ site: StaticSite; theirs: string; ours: string }> {
  const theirs = join(root, "theirs");
  const ours = join(root, "ours");
  run("collect", join(root, "static"), theirs);
  const site = siteAt(root, ours);
  await collectStatic(site);
  return { site, theirs, ours };
}

function siteAt(root: string, location: string): StaticSite {
  return createStaticSite({ storages: { staticfiles: disk({ location }) } }, { root });
}

async function urls(site: StaticSite, names: readonly string[]): Promise<string[]> {
  const { url } = await openStaticFiles(site, { development: false });
  return names.map(url);
}

function run(...args: string[]): string {
  const { status, stdout, stderr } = spawnSync(python, [resolve("test/static/django/site.py"), ...args], {
    encoding: "utf8",
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: "1" },
  });
  assert.equal(status, 0, stderr);
  return stdout;
}

function whyNot(): string | false {
  const { status, stdout } = spawnSync(python, ["-c", "import django; print(django.get_version())"], {
    encoding: "utf8",
  });
  if (status !== 0) return `${python} has no Django: test/static/django/install.sh brings it`;
  const [major = 0, minor = 0] = stdout.split(".").map(Number);
  const [needed = 0, least = 0] = oldest;
  if (major > needed || (major === needed && minor >= least)) return false;
  return `Django is ${stdout.trim()}; ${oldest.join(".")} or later is needed, and so is Python 3.12`;
}
