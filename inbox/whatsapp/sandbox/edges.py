"""The table of Graph edges: which function answers which method on which kind of node (section 11.1)."""

from __future__ import annotations

import hmac
import json
import secrets

from inbox.whatsapp.sandbox.checks import missing
from inbox.whatsapp.sandbox.directory import Line
from inbox.whatsapp.sandbox.errors import GraphError, no_such_object
from inbox.whatsapp.sandbox.graph_call import Call, Edge
from inbox.whatsapp.sandbox.media import Medium
from inbox.whatsapp.sandbox.sandbox import Sandbox
from inbox.whatsapp.sandbox.shapes import Json, Token


def _line(sandbox: Sandbox, call: Call, token: Token) -> Line:
    return sandbox.directory.line(call.parts[0], token, call.method)


def messages(sandbox: Sandbox, call: Call, token: Token) -> Json:
    line = _line(sandbox, call, token)
    if call.body.get("status") is None:
        return sandbox.sending.send(line, call.body)
    if call.body.get("messaging_product") != "whatsapp":
        raise GraphError(100, "The parameter messaging_product is required.")
    if call.body["status"] != "read":
        raise GraphError(100, "Param status must be one of {read}.")
    return sandbox.sending.mark_read(line, call.body)


def marketing_messages(sandbox: Sandbox, call: Call, token: Token) -> Json:
    return sandbox.sending.send(_line(sandbox, call, token), call.body, marketing_only=True)


def upload_media(sandbox: Sandbox, call: Call, token: Token) -> Json:
    line = _line(sandbox, call, token)
    if call.body.get("messaging_product") != "whatsapp":
        raise GraphError(100, "(#100) The parameter messaging_product is required.")
    if call.file is None:
        raise missing("file")
    content, mime, filename = call.file
    return {"id": sandbox.media.upload(content, number_id=line.id, mime=str(call.body.get("type") or mime), filename=filename).id}


def _medium(sandbox: Sandbox, call: Call, token: Token) -> Medium:
    medium = sandbox.media.find(call.parts[0])
    if medium is None or call.query.get("phone_number_id", medium.number_id) != medium.number_id:
        raise no_such_object(call.parts[0], call.method)
    sandbox.directory.line(medium.number_id, token, call.method)
    return medium


def describe_media(sandbox: Sandbox, call: Call, token: Token) -> Json:
    return sandbox.media.describe(_medium(sandbox, call, token), call.base_url)


def delete_media(sandbox: Sandbox, call: Call, token: Token) -> Json:
    sandbox.media.delete(_medium(sandbox, call, token))
    return {"success": True}


def waba_node(sandbox: Sandbox, call: Call, token: Token) -> Json:
    waba = sandbox.directory.waba(call.parts[0], token, call.method)
    whole: Json = {
        "id": waba.id,
        "name": waba.name,
        "timezone_id": "1",
        "message_template_namespace": f"ns_{waba.id}",
        "account_review_status": "APPROVED",
        "business_verification_status": "VERIFIED",
        "country": "GB",
        "currency": "GBP",
        "ownership_type": "SELF_OWNED",
        "health_status": {"can_send_message": "AVAILABLE", "entities": []},
    }
    names = [name.strip() for name in (call.fields or "id,name,timezone_id,message_template_namespace").split(",")]
    return {name: whole[name] for name in names if name in whole} | {"id": waba.id, "name": waba.name}


def waba_numbers(sandbox: Sandbox, call: Call, token: Token) -> Json:
    waba = sandbox.directory.waba(call.parts[0], token, call.method)
    lines = [line for line in sandbox.directory.lines.values() if line.waba.id == waba.id]
    return sandbox.numbers.listing(lines, call.fields)


def list_templates(sandbox: Sandbox, call: Call, token: Token) -> Json:
    waba = sandbox.directory.waba(call.parts[0], token, call.method)
    try:
        return sandbox.templates.listing(waba.id, call.query, call.url)
    except ValueError:
        raise GraphError(100, "Param limit or after is not valid.") from None


def create_template(sandbox: Sandbox, call: Call, token: Token) -> Json:
    return sandbox.templates.create(sandbox.directory.waba(call.parts[0], token, call.method).id, call.body)


def delete_template(sandbox: Sandbox, call: Call, token: Token) -> Json:
    waba = sandbox.directory.waba(call.parts[0], token, call.method)
    asked = call.query | call.body
    return sandbox.templates.delete(waba.id, asked.get("name"), asked.get("hsm_id"))


def template_node(sandbox: Sandbox, call: Call, token: Token) -> Json:
    row = sandbox.templates.find(call.parts[0])
    if row is None or row["waba_id"] not in token.waba_ids:
        raise no_such_object(call.parts[0], call.method)
    if call.method == "GET":
        return sandbox.templates.view(row, call.fields)
    if len(call.parts) == 2:
        return sandbox.templates.unpause(row)
    return sandbox.templates.edit(row, call.body)


def subscribed_apps(sandbox: Sandbox, call: Call, token: Token) -> Json:
    waba = sandbox.directory.waba(call.parts[0], token, call.method)
    if call.method == "GET":
        return {
            "data": [
                {
                    "whatsapp_business_api_data": {
                        "id": app.id,
                        "name": app.name,
                        "link": f"https://www.facebook.com/games/?app_id={app.id}",
                    }
                }
                | ({"override_callback_uri": override} if override else {})
                for app, override in sandbox.directory.subscriptions(waba.id)
            ]
        }
    if call.method == "DELETE":
        sandbox.directory.unsubscribe(waba.id, token.app_id)
        return {"success": True}
    override = call.body.get("override_callback_uri")
    app = sandbox.directory.apps[token.app_id]
    if override:
        sandbox.numbers.check_callback(str(override), str(call.body.get("verify_token") or ""))
    else:
        sandbox.numbers.check_callback(app.callback_url, app.verify_token)
    sandbox.directory.subscribe(waba.id, app.id, str(override) if override else None)
    return {"success": True}


def app_subscriptions(sandbox: Sandbox, call: Call, token: Token) -> Json:
    """Sets the app's callback URL (an app token is needed), or shows it."""
    app = sandbox.directory.apps[call.parts[0]]
    if not hmac.compare_digest(token.token.encode(), f"{app.id}|{app.secret}".encode()):
        raise GraphError(15, http=400, message="(#15) This method must be called with an app access_token.")
    if call.method == "GET":
        return {"data": [{"object": "whatsapp_business_account", "callback_url": app.callback_url, "active": True, "fields": []}]}
    url, verify_token = str(call.body.get("callback_url") or ""), str(call.body.get("verify_token") or "")
    sandbox.numbers.check_callback(url, verify_token)
    sandbox.directory.change_app(app.id, callback_url=url, verify_token=verify_token)
    return {"success": True}


def app_access_token(sandbox: Sandbox, call: Call, _token: Token) -> Json:
    app = sandbox.directory.apps.get(call.query.get("client_id", ""))
    if app is None or not hmac.compare_digest(call.query.get("client_secret", "").encode(), app.secret.encode()):
        raise GraphError(1, message="Error validating client secret.")
    return {"access_token": f"{app.id}|{app.secret}", "token_type": "bearer"}


def debug_token(sandbox: Sandbox, call: Call, token: Token) -> Json:
    given = call.query.get("input_token", "")
    try:
        found = sandbox.directory.token(given)
    except GraphError as refusal:
        return {
            "data": {
                "error": {"code": 190, "message": refusal.message, "subcode": refusal.subcode},
                "is_valid": False,
                "scopes": [],
            }
        }
    scopes = ["whatsapp_business_management", "whatsapp_business_messaging"]
    ends = 0 if found.expires_at is None else sandbox.directory.ends(found)
    return {
        "data": {
            "app_id": found.app_id,
            "type": "SYSTEM_USER",
            "application": sandbox.directory.apps[found.app_id].name,
            "expires_at": ends,
            "data_access_expires_at": 0,
            "is_valid": True,
            "scopes": scopes,
            "granular_scopes": [{"scope": scope, "target_ids": list(found.waba_ids)} for scope in scopes],
        }
    }


def begin_upload(sandbox: Sandbox, call: Call, _token: Token) -> Json:
    """Resumable upload of a template header's example, first step."""
    asked = call.query | call.body
    for key in ("file_length", "file_type"):
        if not asked.get(key):
            raise missing(key)
    ident = "upload:" + secrets.token_urlsafe(24)
    sandbox.store.add(
        "uploads",
        id=ident,
        app_id=call.parts[0],
        doc=json.dumps({"length": int(asked["file_length"]), "type": str(asked["file_type"])}),
    )
    return {"id": ident}


def finish_upload(sandbox: Sandbox, call: Call, _token: Token) -> Json:
    row = sandbox.store.one("SELECT doc FROM uploads WHERE id = ?", call.parts[0])
    if row is None:
        raise no_such_object(call.parts[0], call.method)
    if call.method == "GET":
        return {"id": call.parts[0], "file_offset": 0}
    if len(call.raw) != json.loads(row["doc"])["length"]:
        raise GraphError(100, "The number of bytes is not the announced file_length.")
    return {"h": "4::" + secrets.token_urlsafe(48)}


def number_node(sandbox: Sandbox, call: Call, token: Token) -> Json:
    line = _line(sandbox, call, token)
    return sandbox.numbers.node(line, call.fields) if call.method == "GET" else sandbox.numbers.change(line, call.body)


def register(sandbox: Sandbox, call: Call, token: Token) -> Json:
    return sandbox.numbers.register(_line(sandbox, call, token), call.body)


def deregister(sandbox: Sandbox, call: Call, token: Token) -> Json:
    return sandbox.numbers.deregister(_line(sandbox, call, token))


def profile(sandbox: Sandbox, call: Call, token: Token) -> Json:
    line = _line(sandbox, call, token)
    return sandbox.numbers.profile(line, call.fields) if call.method == "GET" else sandbox.numbers.change_profile(line, call.body)


def block_users(sandbox: Sandbox, call: Call, token: Token) -> Json:
    line = _line(sandbox, call, token)
    match call.method:
        case "GET":
            return sandbox.numbers.blocked(line)
        case "POST":
            return sandbox.numbers.block(line, call.body)
    return sandbox.numbers.unblock(line, call.body)


def qr_codes(sandbox: Sandbox, call: Call, token: Token) -> Json:
    line = _line(sandbox, call, token)
    if call.method == "GET":
        return sandbox.numbers.qr_codes(line, call.base_url)
    return sandbox.numbers.save_qr(line, call.query | call.body, call.base_url)


def one_qr_code(sandbox: Sandbox, call: Call, token: Token) -> Json:
    line = _line(sandbox, call, token)
    if call.method == "GET":
        return sandbox.numbers.qr_code(line, call.parts[2], call.base_url)
    return sandbox.numbers.delete_qr(line, call.parts[2])


TOP: dict[tuple[str, str], Edge] = {("GET", "debug_token"): debug_token, ("GET", "oauth/access_token"): app_access_token}
NODES: dict[tuple[str, str], Edge] = {
    ("GET", "number"): number_node,
    ("POST", "number"): number_node,
    ("GET", "waba"): waba_node,
    ("GET", "media"): describe_media,
    ("DELETE", "media"): delete_media,
    ("GET", "template"): template_node,
    ("POST", "template"): template_node,
    ("GET", "upload"): finish_upload,
    ("POST", "upload"): finish_upload,
}
EDGES: dict[tuple[str, str, str], Edge] = {
    ("POST", "number", "messages"): messages,
    ("POST", "number", "marketing_messages"): marketing_messages,
    ("POST", "number", "media"): upload_media,
    ("POST", "number", "register"): register,
    ("POST", "number", "deregister"): deregister,
    **{(method, "number", "whatsapp_business_profile"): profile for method in ("GET", "POST")},
    **{(method, "number", "block_users"): block_users for method in ("GET", "POST", "DELETE")},
    **{(method, "number", "message_qrdls"): qr_codes for method in ("GET", "POST")},
    **{(method, "number", "message_qrdls/*"): one_qr_code for method in ("GET", "DELETE")},
    ("GET", "waba", "phone_numbers"): waba_numbers,
    ("GET", "waba", "message_templates"): list_templates,
    ("POST", "waba", "message_templates"): create_template,
    ("DELETE", "waba", "message_templates"): delete_template,
    **{(method, "waba", "subscribed_apps"): subscribed_apps for method in ("GET", "POST", "DELETE")},
    ("POST", "template", "unpause"): template_node,
    **{(method, "app", "subscriptions"): app_subscriptions for method in ("GET", "POST")},
    ("POST", "app", "uploads"): begin_upload,
}
