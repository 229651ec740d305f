/**
 * The shared files `~/.aws/config` and `~/.aws/credentials`. They are read synchronously and once, so that a region or
 * keys from them serve presigning, which is synchronous.
 *
 * @see https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html
 */

import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { type Environment, type Profiles, type Section, textOf } from "./profiles.ts";

/** Reads both files; a file that is not there is empty. Throws where one is there and cannot be read. */
export function readProfiles(env: Environment): Profiles {
  const home = env["HOME"] ?? env["USERPROFILE"] ?? homedir();
  const configPath = env["AWS_CONFIG_FILE"] ?? join(home, ".aws", "config");
  const credentialsPath = env["AWS_SHARED_CREDENTIALS_FILE"] ?? join(home, ".aws", "credentials");
  const config = parseIni(readIfThere(configPath));
  const credentials = parseIni(readIfThere(credentialsPath));
  const profile: Profiles["profile"] = (name) => {
    const settings = config.get(`profile ${name}`) ?? (name === "default" ? config.get(name) : undefined);
    const keys = credentials.get(name);
    return settings === undefined && keys === undefined ? undefined : { ...settings, ...keys };
  };
  return {
    profile,
    endpoint(name) {
      const section = profile(name);
      const s3 = config.get(`services ${textOf(section, "services")}`)?.["s3"];
      return (typeof s3 === "object" ? s3["endpoint_url"] : undefined) ?? textOf(section, "endpoint_url");
    },
    paths: [configPath, credentialsPath],
  };
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return "";
    throw error;
  }
}

/** Parses the INI dialect of AWS: comments on their own line or after white space, nested values indented. */
export function parseIni(text: string): Map<string, Section> {
  const sections = new Map<string, Section>();
  let section: Record<string, string | Record<string, string>> | null = null;
  let nested: string | null = null;
  for (const line of text.split(/\r?\n/)) {
    const trimmed = line.trim();
    if (trimmed === "" || trimmed.startsWith("#") || trimmed.startsWith(";")) continue;
    const header = /^\[\s*([^\]]+?)\s*\]/.exec(trimmed);
    if (header !== null && !/^\s/.test(line)) {
      const name = header[1]!.replaceAll(/\s+/g, " ").replaceAll(/["']/g, "");
      section = Object.assign(Object.create(null), sections.get(name)) as Record<string, string>;
      sections.set(name, section);
      nested = null;
      continue;
    }
    const equals = trimmed.indexOf("=");
    if (section === null || equals === -1) continue;
    const name = trimmed.slice(0, equals).trim();
    const value = trimmed
      .slice(equals + 1)
      .replace(/\s[#;].*$/, "")
      .trim();
    const parent = nested === null ? undefined : section[nested];
    if (/^\s/.test(line) && typeof parent === "object") {
      parent[name] = value;
    } else if (value === "") {
      section[name] = Object.create(null) as Record<string, string>;
      nested = name;
    } else {
      section[name] = value;
      nested = null;
    }
  }
  return sections;
}
