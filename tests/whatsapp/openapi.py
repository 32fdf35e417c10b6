"""Meta's OpenAPI document as an oracle for what we send, with the places where it is known to be behind or at odds with itself.

The document is no part of the repository. It is looked for in the folder beside the repository; where it is absent the
tests that need it are skipped and say so.
"""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

REPOSITORY = Path(__file__).resolve().parent.parent.parent
DOCUMENT = REPOSITORY.parent / "shared" / "reference" / "meta-business-messaging-v23.openapi.yaml"
NEEDS_DOCUMENT = pytest.mark.skipif(not DOCUMENT.exists(), reason="Meta's OpenAPI document is not beside the repository")

Json = dict[str, Any]

# Where WhatsApp's own guide is newer than the document, or the document contradicts its own examples.
DEPARTURES = {
    "allOf with additionalProperties": "every kind forbids the keys of its own base schema; the branches are merged here instead",
    "recipient, biz_opaque_callback_data": "newer than the document (business-scoped user ids), or left out of it",
    "audio.voice": "newer than the document",
    "document.filename": "in the document's examples, not in its schema",
    "location degrees": "the document says string, its examples and the guide send numbers",
    "interactive kinds": "cta_url, carousel, voice_call, address_message and the requests for place and contact are newer",
    "interactive.action": "oneOf is fulfilled twice by products in sections and by named actions; anyOf is meant",
    "catalogue thumbnail": "optional in the guide",
    "section": "title is needed only when there are several sections",
    "list body": "4096 in the guide, 1024 in the document",
    "template language.policy": "required in the document, absent from the guide's samples",
    "template button index and sub_type": "the pattern allows neither 0 nor 1; copy_code and flow are missing",
    "template parameter kinds": "payload, coupon_code, location and named parameters are missing",
}


@functools.cache
def document() -> Json:
    """The whole document with the departures applied."""
    with DOCUMENT.open() as file:
        whole: Json = yaml.load(file, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    schemas = whole["components"]["schemas"]
    _depart(schemas)
    for name, schema in schemas.items():
        if "allOf" in schema:
            schemas[name] = _merged(schema, schemas)
    return whole


def check(instance: object, schema_name: str) -> None:
    """Fails the test unless the instance fits a schema of the document."""
    validator = Draft202012Validator({"$ref": f"#/components/schemas/{schema_name}", "components": document()["components"]})
    problems = [f"{error.json_path}: {error.message}" for error in validator.iter_errors(instance)]
    assert not problems, "\n".join(problems)


def _merged(schema: Json, schemas: Json) -> Json:
    made: Json = {"type": "object", "properties": {}, "required": []}
    for branch in schema["allOf"]:
        part = branch
        if "$ref" in branch:
            part = schemas[branch["$ref"].rpartition("/")[2]]
        if "allOf" in part:
            part = _merged(part, schemas)
        made["properties"] |= part.get("properties", {})
        made["required"] += part.get("required", [])
        if part.get("additionalProperties") is False:
            made["additionalProperties"] = False
    return made


def _depart(schemas: Json) -> None:
    text = {"type": "string"}
    base = schemas["BaseMessageProperties"]
    base["properties"] |= {"recipient": text, "biz_opaque_callback_data": {"type": "string", "maxLength": 512}}
    base["required"].remove("to")
    base["anyOf"] = [{"required": ["to"]}, {"required": ["recipient"]}]
    place = schemas["LocationMessage"]["allOf"][1]["properties"]["location"]["properties"]
    place["latitude"] = place["longitude"] = {"type": "number"}
    interactive = schemas["InteractiveObject"]["properties"]
    interactive["type"]["enum"] += [
        "cta_url",
        "location_request_message",
        "request_contact_info",
        "carousel",
        "voice_call",
        "address_message",
    ]
    schemas["BodyObject"]["properties"]["text"]["maxLength"] = 4096
    action = schemas["ActionObject"]
    action["anyOf"] = [
        *action.pop("oneOf"),
        {"required": ["cards"], "properties": {"cards": {"type": "array", "minItems": 2, "maxItems": 10}}},
        {
            "required": ["name"],
            "properties": {
                "name": {
                    "enum": [
                        "cta_url",
                        "send_location",
                        "request_contact_info",
                        "voice_call",
                        "address_message",
                        "catalog_message",
                    ]
                }
            },
        },
    ]
    schemas["LanguageObject"]["required"].remove("policy")
    for name in ("TemplateComponent", "ButtonComponent"):
        properties = schemas[name]["allOf"][1]["properties"] if "allOf" in schemas[name] else schemas[name]["properties"]
        properties["sub_type"]["enum"] += ["copy_code", "flow"]
        properties["index"]["pattern"] = "^[0-9]$"
    schemas["ParameterObject"]["properties"]["type"]["enum"] += ["location"]
    schemas["ButtonParameterObject"]["properties"]["type"]["enum"] += ["coupon_code", "action"]
