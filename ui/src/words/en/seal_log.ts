// English words of the seal log.
import type { Words } from "../words_like";
import type { sealLog as zh } from "../zh/seal_log";

export const sealLog: Words<typeof zh> = {
  sealLog: {
    title: "Seal log",
    sub: "Every use of a certificate or seal is on record here; nothing can be changed afterwards.",
    source: "Whose record",
    here: "This device",
    there: "Enterprise",
    mine: "All of mine",
    search: "Search file, certificate owner or SHA-256",
    when: "Time",
    period: { all: "Any time", today: "Today", week: "Last 7 days", month: "Last 30 days", year: "Last year" },
    who: "Person",
    everybody: "Everybody",
    export: "Export CSV",
    fileName: "seal-log-{{date}}.csv",
    empty: "Nothing on record yet",
    emptyHint: "Signing, scan to sign and exporting a key are put on record here by themselves.",
    noMatch: "Nothing matches",
    noMatchHint: "Try another word or clear the filter.",
    clear: "Clear the filter",
    goSign: "Stamp and sign",
    whole: "The log is complete: {{count}} entries, all uploaded.",
    wholeWaiting:
      "The log is complete: {{count}} entries, {{waiting}} to be uploaded as soon as the platform is there.",
    broken:
      "From entry {{from}} on the log is not what was written; another program may have changed it. Earlier entries are complete. Please keep this device's data and tell your administrator.",
    differs:
      "This device's data was set back to an older copy, or copied to another computer: the platform already had other entries of it ({{there}} in all). From entry {{from}} on the log is a new part that follows them; nothing is lost. If it was not you who restored the data, please tell your administrator.",
    refused: "The platform did not take the entries to be uploaded. They are still on this device.",
    chainDiffers:
      "{{person}}, device “{{device}}”: from entry {{from}} on, what was uploaded differs from what the platform has, and was not taken.",
    chainBroken:
      "{{person}}, device “{{device}}”: its log was changed from entry {{from}} on. The platform has what was uploaded first.",
    chainContinued:
      "{{person}}, device “{{device}}”: its data was set back; what was signed after entry {{after}} is in a part of its own. Both are kept.",
    noDevice: "unnamed device",
    column: {
      at: "Time",
      kind: "Use",
      file: "File",
      certificate: "Certificate",
      person: "Person",
      marks: "Marks",
      state: "State",
    },
    kind: {
      document: "Signing",
      scan_document: "Scan to sign",
      scan_digest: "Scan to sign",
      key_export: "Key export",
      unknown: "Other",
    },
    state: { handed_in: "Uploaded", waiting: "Pending", doubtful: "In doubt" },
    open: "See the entry of “{{name}}”",
    detail: "Entry of the seal log",
    sha256: "SHA-256",
    sha256Digest: "Digest that was signed (SHA-256)",
    owner: "Certificate owner",
    serial: "Serial number",
    seals: "Seals",
    noSeals: "No seal was placed",
    marksCount: "{{count}} places",
    device: "Device",
    thisDevice: "This device",
    position: "Entry number",
    hash: "Chain hash",
    hashHint: "Made from the entry before and this one; by it a change to any entry is found out.",
    handedInAt: "Taken by the platform",
    older: "Entries of older versions do not say",
  },
};
