// A signature by @signpdf, with the placeholder that is appended: SOURCE TARGET P12 PASSWORD.
const fs = require("node:fs");
const { SignPdf } = require("@signpdf/signpdf");
const { plainAddPlaceholder } = require("@signpdf/placeholder-plain");
const { P12Signer } = require("@signpdf/signer-p12");

const [source, target, store, passphrase] = process.argv.slice(2);
const words = { reason: "bench", contactInfo: "", name: "", location: "" };
const pdfBuffer = plainAddPlaceholder({ pdfBuffer: fs.readFileSync(source), ...words });
const signer = new P12Signer(fs.readFileSync(store), { passphrase });
new SignPdf().sign(pdfBuffer, signer).then((signed) => fs.writeFileSync(target, signed));
