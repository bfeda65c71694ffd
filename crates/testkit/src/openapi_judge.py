# Judges an OpenAPI document: sound, every JSON body with an example that its schema allows, every recorded reply as well.
# Arguments: the document; then files of recorded exchanges ({operation: "get /path", status, request, reply}).

import json
import sys

from jsonschema import Draft202012Validator, FormatChecker
from openapi_spec_validator import validate
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

with open(sys.argv[1], encoding="utf-8") as file:
    document = json.load(file)
validate(document)

HERE = "urn:contract"
registry = Registry().with_resource(HERE, Resource.from_contents(document, default_specification=DRAFT202012))
formats = FormatChecker()
faults = []
counts = {"operations": 0, "bodies": 0, "refusals": 0, "recorded": 0}


def absolute(schema):
    if isinstance(schema, dict):
        return {
            key: HERE + value if key == "$ref" and value.startswith("#") else absolute(value)
            for key, value in schema.items()
        }
    return [absolute(item) for item in schema] if isinstance(schema, list) else schema


def resolved(part):
    return document["components"]["responses"][part["$ref"].rsplit("/", 1)[1]] if "$ref" in part else part


def check(where, schema, value):
    validator = Draft202012Validator(absolute(schema), registry=registry, format_checker=formats)
    faults.extend(f"{where}: {error.json_path} {error.message[:200]}" for error in validator.iter_errors(value))


for path, item in document["paths"].items():
    for method, operation in item.items():
        counts["operations"] += 1
        name = f"{method} {path}"
        body = operation.get("requestBody", {}).get("content", {}).get("application/json")
        bodies = [("request", body)] if body else []
        for status, response in operation["responses"].items():
            response = resolved(response)
            content = response.get("content", {}).get("application/json")
            if content and status.startswith("2"):
                bodies.append((status, content))
            elif content and status != "default":
                if not content.get("examples"):
                    faults.append(f"{name} {status}: no code")
                for code, example in content.get("examples", {}).items():
                    counts["refusals"] += 1
                    if example["value"]["code"] != code:
                        faults.append(f"{name} {status}: {code} shows another code")
                    check(f"{name} {status}", content["schema"], example["value"])
        for which, content in bodies:
            counts["bodies"] += 1
            if "example" not in content:
                faults.append(f"{name} {which}: no example")
            else:
                check(f"{name} {which}", content["schema"], content["example"])

for recorded in sys.argv[2:]:
    with open(recorded, encoding="utf-8") as file:
        exchanges = json.load(file)
    for exchange in exchanges:
        method, path = exchange["operation"].split(" ")
        operation = document["paths"][path][method]
        counts["recorded"] += 1
        for which, content, value in (
            ("request", operation.get("requestBody", {}), exchange.get("request")),
            ("reply", resolved(operation["responses"].get(str(exchange["status"]), {})), exchange.get("reply")),
        ):
            schema = content.get("content", {}).get("application/json", {}).get("schema")
            if schema and value is not None:
                check(f"{exchange['operation']} {which}", schema, value)

for fault in faults:
    print(fault, file=sys.stderr)
print(json.dumps(counts))
sys.exit(1 if faults else 0)
