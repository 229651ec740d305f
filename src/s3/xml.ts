/**
 * XML as S3 uses it: elements, text, one attribute or two, no document types.
 *
 * Writing is string concatenation, since a page of a listing is a thousand elements. Reading builds a small tree. It is
 * done here and not by a library because S3 needs two things of it that general parsers do not give: `&#x1;` must be
 * read back as what it stands for although XML 1.0 has no such character, and a document that is not well-formed must
 * be refused, in a browser's bundle too and within a few kilobytes.
 */

import { S3Error } from "./errors.ts";

/** The namespace of every document of S3 but the errors. */
export const s3Namespace = "http://s3.amazonaws.com/doc/2006-03-01/";

/** One element that was read. Names have lost their namespace prefix. */
export interface XmlElement {
  readonly name: string;
  /** By local name: `type` for `xsi:type`. Declarations of namespaces are left out. */
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly XmlElement[];
  /** The text directly within, white space and all. */
  readonly text: string;
}

// ---------------------------------------------------------------------------------------------------------- writing

/**
 * What stands for itself neither in XML nor after XML's line-end normalisation. Quotes do: `&quot;` around a thousand
 * ETags runs into the entity limits of clients' parsers.
 */
// oxlint-disable-next-line no-control-regex -- these are what has to be escaped
const special = /[&<>\0-\x08\v-\x1f\uFFFE\uFFFF]/;
const specials = new RegExp(special, "g");

/**
 * Text as the content of an element. Control characters become numeric references: XML 1.0 does not allow them, AWS
 * sends them, and the way round is `encoding-type=url`.
 */
export function escapeXml(text: string): string {
  return special.test(text) ? text.replaceAll(specials, escapeCharacter) : text;
}

function escapeCharacter(character: string): string {
  if (character === "&") return "&amp;";
  if (character === "<") return "&lt;";
  if (character === ">") return "&gt;";
  return `&#x${character.charCodeAt(0).toString(16).toUpperCase()};`;
}

/** An element with text in it, or nothing at all where the value is undefined. */
export function element(name: string, value: string | number | boolean | undefined): string {
  if (value === undefined) return "";
  return `<${name}>${typeof value === "string" ? escapeXml(value) : value}</${name}>`;
}

/** A whole document in the namespace of S3. `content` is XML already. */
export function xmlDocument(root: string, content: string): string {
  return `${xmlDeclaration}<${root} xmlns="${s3Namespace}">${content}</${root}>`;
}

/** How every document begins. boto 2 finds an `<Error>` in a 200 only if something stands before it. */
export const xmlDeclaration = '<?xml version="1.0" encoding="UTF-8"?>\n';

// ---------------------------------------------------------------------------------------------------------- reading

/** Deeper than any document of S3; what is nested further is an attack on whoever walks the tree. */
const maxDepth = 64;
/** What XML 1.0 allows neither raw nor by reference. By reference it is taken all the same, as AWS writes it. */
// oxlint-disable-next-line no-control-regex -- these are what has to be refused
const invalidCharacter = /[\0-\x08\v\f\x0e-\x1f\uFFFE\uFFFF]/;
const simpleTag = /^[A-Za-z_][A-Za-z0-9_.-]*$/;
const tagName = /<([A-Za-z_\x80-\uFFFF][\w.:\x80-\uFFFF-]*)/y;
const attribute = /\s+([A-Za-z_\x80-\uFFFF][\w.:\x80-\uFFFF-]*)\s*=\s*(?:"([^"<]*)"|'([^'<]*)')/y;
const tagEnd = /\s*(\/?)>/y;
const noAttributes: ReadonlyMap<string, string> = new Map();

interface OpenElement {
  name: string;
  qualifiedName: string;
  attributes: ReadonlyMap<string, string>;
  children: XmlElement[];
  text: string;
}

/**
 * Reads a document: with or without declaration, namespaces, comments and CDATA.
 *
 * @param source Text, or bytes of UTF-8. Its size is the caller's to bound.
 * @param rootName What the root must be called, if that matters.
 * @throws {S3Error} `MalformedXML` for anything that is not well-formed, has a DOCTYPE, or another root.
 * @example
 * parseXml("<Tag><Key> 007 </Key></Tag>").children[0]?.text; // " 007 "
 */
export function parseXml(source: string | Uint8Array, rootName?: string): XmlElement {
  const text = normalize(typeof source === "string" ? source : decodeUtf8(source));
  const open: OpenElement[] = [];
  let root: XmlElement | undefined;
  let at = 0;
  for (;;) {
    const tag = text.indexOf("<", at);
    if (tag !== at) {
      const piece = tag === -1 ? text.slice(at) : text.slice(at, tag);
      const parent = open.at(-1);
      if (parent !== undefined) parent.text += unescapeXml(piece);
      else if (piece.trim() !== "") throw malformed("text outside of the root element");
    }
    if (tag === -1) break;
    const kind = text[tag + 1];
    if (kind === "/") {
      at = closeElement(tag);
    } else if (kind === "!") {
      at = readMarkup(text, tag, open.at(-1));
    } else if (kind === "?") {
      at = after(text, "?>", tag);
    } else {
      at = openElement(tag);
    }
  }
  if (open.length > 0) throw malformed(`<${open.at(-1)?.name}> is not closed`);
  if (root === undefined) throw malformed("there is no element");
  if (rootName !== undefined && root.name !== rootName) {
    throw malformed(`the root is <${root.name}>, not <${rootName}>`);
  }
  return root;

  function openElement(tag: number): number {
    if (root !== undefined && open.length === 0) throw malformed("a second root element");
    if (open.length === maxDepth) throw malformed(`elements are nested deeper than ${maxDepth}`);
    const end = text.indexOf(">", tag);
    const inner = text.slice(tag + 1, end);
    if (end !== -1 && simpleTag.test(inner)) {
      push({ name: inner, qualifiedName: inner, attributes: noAttributes, children: [], text: "" });
      return end + 1;
    }
    const start = readStartTag(text, tag);
    push(start.element);
    if (start.isEmpty) open.pop();
    return start.end;
  }

  function push(element: OpenElement): void {
    const parent = open.at(-1);
    if (parent === undefined) root = element;
    else parent.children.push(element);
    open.push(element);
  }

  function closeElement(tag: number): number {
    const end = text.indexOf(">", tag);
    const element = open.pop();
    const name = end === -1 ? "" : text.slice(tag + 2, end);
    if (
      element === undefined ||
      (name !== element.qualifiedName && name.trimEnd() !== element.qualifiedName)
    ) {
      throw malformed(`<${element?.qualifiedName ?? ""}> is closed by </${name}>`);
    }
    return end + 1;
  }
}

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw malformed("it is not UTF-8");
  }
}

function normalize(source: string): string {
  const text = source.charCodeAt(0) === 0xfeff ? source.slice(1) : source;
  if (invalidCharacter.test(text)) throw malformed("it holds a control character");
  return text.includes("\r") ? text.replaceAll(/\r\n?/g, "\n") : text;
}

/** Comments, CDATA, and what is refused: a DOCTYPE, and with it every entity of its own. */
function readMarkup(text: string, tag: number, parent: OpenElement | undefined): number {
  if (text.startsWith("<!--", tag)) return after(text, "-->", tag + 4);
  if (text.startsWith("<![CDATA[", tag) && parent !== undefined) {
    const end = after(text, "]]>", tag + 9);
    parent.text += text.slice(tag + 9, end - 3);
    return end;
  }
  throw malformed("a document type is not allowed");
}

function after(text: string, mark: string, from: number): number {
  const at = text.indexOf(mark, from);
  if (at === -1) throw malformed(`"${mark}" is missing`);
  return at + mark.length;
}

/** A tag with attributes, a namespace prefix, white space, or `/>`. */
function readStartTag(text: string, tag: number): { element: OpenElement; isEmpty: boolean; end: number } {
  tagName.lastIndex = tag;
  const qualifiedName = tagName.exec(text)?.[1];
  if (qualifiedName === undefined) throw malformed('"<" begins no element');
  const seen = new Set<string>();
  const attributes = new Map<string, string>();
  let at = tagName.lastIndex;
  for (;;) {
    attribute.lastIndex = at;
    const match = attribute.exec(text);
    if (match === null) break;
    at = attribute.lastIndex;
    const name = match[1] ?? "";
    if (seen.has(name) || seen.size > 63) throw malformed(`attribute "${name}" is one too many`);
    seen.add(name);
    const value = unescapeXml(match[2] ?? match[3] ?? "");
    if (name !== "xmlns" && !name.startsWith("xmlns:")) attributes.set(localName(name), value);
  }
  tagEnd.lastIndex = at;
  const end = tagEnd.exec(text);
  if (end === null) throw malformed(`the tag of <${qualifiedName}> is broken`);
  return {
    element: { name: localName(qualifiedName), qualifiedName, attributes, children: [], text: "" },
    isEmpty: end[1] === "/",
    end: tagEnd.lastIndex,
  };
}

function localName(qualifiedName: string): string {
  return qualifiedName.slice(qualifiedName.indexOf(":") + 1);
}

const entities = new Map(Object.entries({ amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" }));

/** Not by a regular expression with a function: that finds millions of references before it looks at the first. */
function unescapeXml(text: string): string {
  if (!text.includes("&")) return text;
  const pieces = text.split("&");
  for (let at = 1; at < pieces.length; at++) pieces[at] = unescapeFirst(pieces[at] ?? "");
  return pieces.join("");
}

/** What stands behind a `&`, with the character in the place of its name. */
function unescapeFirst(piece: string): string {
  const end = piece.indexOf(";");
  const name = piece.slice(0, Math.max(end, 0));
  return (entities.get(name) ?? numberedCharacter(name)) + piece.slice(end + 1);
}

function numberedCharacter(name: string): string {
  const [, hex, decimal] = /^#(?:x([0-9A-Fa-f]{1,6})|(\d{1,7}))$/.exec(name) ?? [];
  const code = Number(hex === undefined ? decimal : `0x${hex}`);
  // Zero, and halves of characters, are none.
  const isCharacter = code > 0 && code <= 0x10_ffff && (code < 0xd800 || code >= 0xe000);
  if (!isCharacter) throw malformed(`"&${name}" is no reference`);
  return String.fromCodePoint(code);
}

// ------------------------------------------------------------------------------------------------- looking at a tree

/** All children of a name, in order. A single one is a list of one. */
export function childrenOf(parent: XmlElement, name: string): XmlElement[] {
  return parent.children.filter((child) => child.name === name);
}

/**
 * The one child of a name, or undefined.
 *
 * @throws {S3Error} `MalformedXML` when there are several.
 */
export function childOf(parent: XmlElement, name: string): XmlElement | undefined {
  let found: XmlElement | undefined;
  for (const child of parent.children) {
    if (child.name !== name) continue;
    if (found !== undefined) throw malformed(`<${name}> is repeated in <${parent.name}>`);
    found = child;
  }
  return found;
}

/** The text of the one child of a name, untrimmed, or undefined. Throws as {@link childOf} does. */
export function textOf(parent: XmlElement, name: string): string | undefined {
  return childOf(parent, name)?.text;
}

/**
 * The text of a child that must be there.
 *
 * @throws {S3Error} `MalformedXML`.
 */
export function requiredText(parent: XmlElement, name: string): string {
  const text = textOf(parent, name);
  if (text === undefined) throw malformed(`<${name}> is missing in <${parent.name}>`);
  return text;
}

/** A number of digits; undefined where there is no such child. Throws `MalformedXML` for anything else. */
export function integerOf(parent: XmlElement, name: string): number | undefined {
  const text = textOf(parent, name)?.trim();
  if (text === undefined || text === "") return undefined;
  if (!/^\d{1,16}$/.test(text)) throw malformed(`<${name}> is ${JSON.stringify(text)}, which is no number`);
  return Number(text);
}

/** `true` or `false`; undefined where there is no such child. Throws `MalformedXML` for anything else. */
export function booleanOf(parent: XmlElement, name: string): boolean | undefined {
  const text = textOf(parent, name)?.trim();
  if (text === undefined || text === "") return undefined;
  if (/^(?:true|1)$/i.test(text)) return true;
  if (/^(?:false|0)$/i.test(text)) return false;
  throw malformed(`<${name}> is ${JSON.stringify(text)}, neither true nor false`);
}

/** The error of a document that cannot be read: AWS's message with the reason behind it. */
export function malformed(reason: string): S3Error {
  // The reason may quote the document, which may be megabytes.
  const short = reason.length > 200 ? `${reason.slice(0, 200)}…` : reason;
  return new S3Error("MalformedXML", {
    message: `The XML you provided was not well-formed or did not validate against our published schema: ${short}.`,
  });
}
