/* The fingerprint of a text: 64 numbers, from which the text cannot be told. Only they are sent.

   The same arithmetic as knowledge/coach/minhash.py, in whole numbers of 32 bits. */

const NUMBERS = 64;
const KEPT = /[a-z0-9à-öø-ɏ\u0400-\u04ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3]+/gu;
const HAN = /[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3]+/gu;
const GAPS = /\{[^{}\n]*\}|\[[^[\]\n]*\]/gu;

const mix = (number) => {
  let mixed = number;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
};
const hash = (piece) => {
  let sum = 0x811c9dc5;
  for (let at = 0; at < piece.length; at += 1) sum = Math.imul(sum ^ piece.charCodeAt(at), 0x01000193);
  return mix(sum);
};
const shingles = (run, length) => {
  if (run.length <= length) return [run];
  return Array.from({ length: run.length - length + 1 }, (_one, at) => run.slice(at, at + length));
};

export const pieces = (text) => {
  const words = text.normalize("NFKC").toLowerCase().replace(GAPS, " ").match(KEPT) ?? [];
  const joined = words.join(" "), found = new Set();
  for (const run of joined.match(HAN) ?? []) shingles(run, 3).forEach((one) => found.add(one));
  for (const run of joined.split(HAN)) {
    const latin = run.trim();
    if (latin) shingles(latin, 5).forEach((one) => found.add(one));
  }
  return found;
};

/* Numbers as PostgreSQL keeps them: signed. An empty text has none. */
export const signature = (text) => {
  const hashes = [...pieces(text)].map(hash);
  if (!hashes.length) return [];
  return Array.from({ length: NUMBERS }, (_one, at) => {
    const factor = mix(Math.imul(at + 1, 0x9e3779b1)) | 1, step = mix(Math.imul(at + 1, 0x7feb352d));
    let least = 0xffffffff;
    for (const one of hashes) {
      const value = (Math.imul(factor, one) + step) >>> 0;
      if (value < least) least = value;
    }
    return least | 0;
  });
};
