// A picture on the first page by pdf-lib, which writes the whole file again: SOURCE TARGET PICTURE.
const fs = require("node:fs");
const { PDFDocument } = require("pdf-lib");

async function stamp(source, target, picture) {
  const document = await PDFDocument.load(fs.readFileSync(source));
  const seal = await document.embedPng(fs.readFileSync(picture));
  document.getPage(0).drawImage(seal, { x: 400, y: 100, width: 113, height: 113 });
  fs.writeFileSync(target, await document.save());
}
stamp(...process.argv.slice(2));
