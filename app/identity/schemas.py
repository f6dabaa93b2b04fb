"""Bodies of accounts, in and out."""

from collections.abc import Mapping
from typing import Any

from marshmallow import fields, validate

from app.identity.account import PasswordChange
from app.identity.passwords import LONGEST, SHORTEST
from app.identity.sign_in import Credentials
from app.identity.sign_up import NewAccount, NewAddress, NewPassword
from app.web.schemas import Flag, Moment, Schema, Text

ADDRESS = r"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@([A-Za-z0-9-]{1,63}\.)*[A-Za-z0-9-]{1,63}$"
EXAMPLE = "ada@example.com"
USER = {"example": "user_0199"}


class Email(Text):
    """A mailbox, in small letters. Names in other scripts are written as DNS writes them."""

    def __init__(self, **kwargs: Any) -> None:
        rule = validate.Regexp(ADDRESS, error="must be an e-mail address")
        super().__init__(3, 254, validate=rule, metadata={"example": EXAMPLE}, **kwargs)

    def _deserialize(self, value: object, attr: str | None, data: Mapping[str, object] | None, **kwargs: object) -> str:
        return super()._deserialize(value, attr, data, **kwargs).strip().lower()


def new_password() -> Text:
    return Text(SHORTEST, LONGEST, required=True, metadata={"example": "correct horse battery staple"})


def old_password() -> Text:
    return Text(1, LONGEST, required=True, metadata={"example": "correct horse battery staple"})


def link_token() -> Text:
    return Text(1, 200, required=True, metadata={"description": "What the link in the mail ends with"})


def code() -> Text:
    return Text(0, 20, load_default="", metadata={"example": "123456", "description": "Of an authenticator app"})


class SignUpIn(Schema):
    into: type | None = NewAccount
    email = Email(required=True)
    password = new_password()
    name = Text(0, 200, load_default="", metadata={"example": "Ada"})
    invitation = Text(0, 200, load_default="", metadata={"description": "What the link of an invitation ends with"})


class CookieWish(Schema):
    cookie = Flag(load_default=False, metadata={"description": "A cookie and a `csrf_token` instead of tokens"})


class SignInIn(CookieWish):
    into: type | None = Credentials
    email = Email(required=True)
    password = old_password()
    code = code()


class LinkIn(Schema):
    token = link_token()


class LinkSignInIn(LinkIn, CookieWish):
    code = code()


class AddressIn(Schema):
    email = Email(required=True)


class RefreshIn(Schema):
    refresh_token = Text(1, 500, required=True)
    tenant = Text(1, 128, load_default=None, metadata={"description": "Go on in another tenant that I am in"})


class SignOutIn(Schema):
    refresh_token = Text(0, 500, load_default="")


class ResetIn(Schema):
    into: type | None = NewPassword
    token = link_token()
    password = new_password()


class NewAddressIn(Schema):
    into: type | None = NewAddress
    email = Email(required=True)
    password = old_password()


class PasswordIn(Schema):
    password = old_password()


class PasswordChangeIn(PasswordIn):
    into: type | None = PasswordChange
    new_password = new_password()


class NameIn(Schema):
    name = Text(0, 200, required=True, metadata={"example": "Ada"})


class TenantChoiceIn(Schema):
    tenant = Text(1, 200, required=True, metadata={"example": "tenant_0199"})


class CodeIn(Schema):
    code = Text(1, 20, required=True, metadata={"example": "123456"})


class OidcQuery(Schema):
    return_to = Text(0, 300, load_default="/", metadata={"description": "A path of this service"})
    invitation = Text(0, 200, load_default="")


class CallbackQuery(Schema):
    code = Text(0, 2000, load_default="")
    state = Text(0, 200, load_default="")
    error = Text(0, 200, load_default="")


class PlaceOut(Schema):
    id = fields.String(metadata={"example": "tenant_0199"})
    name = fields.String(metadata={"example": "Acme", "description": "Empty: the one that is mine alone"})
    role = fields.String(metadata={"example": "member"})


class UserOut(Schema):
    id = fields.String(metadata=USER)
    email = fields.String(metadata={"example": EXAMPLE})
    name = fields.String(metadata={"example": "Ada"})
    email_verified = fields.Boolean(metadata={"example": True})
    two_factor = fields.Boolean(metadata={"description": "Whether an authenticator app is asked for"})
    tenant = fields.String(metadata={"example": "tenant_0199", "description": "Where I work now"})
    role = fields.String(metadata={"example": "member", "description": "There"})
    tenants = fields.List(fields.Nested(PlaceOut))
    created_at = Moment(allow_none=True)


class SignedInOut(Schema):
    access_token = fields.String(metadata={"description": "A bearer token. Not with `cookie`"})
    token_type = fields.String(metadata={"example": "Bearer"})
    expires_in = fields.Integer(metadata={"example": 900, "description": "Seconds"})
    refresh_token = fields.String(metadata={"description": "Good once. Not with `cookie`"})
    csrf_token = fields.String(metadata={"description": "With `cookie`: goes into `X-CSRF-Token`"})
    user = fields.Nested(UserOut)


class MeOut(UserOut):
    """The journaling app's names beside our own."""

    uid = fields.String(attribute="id", dump_only=True, metadata=USER)
    displayName = fields.String(attribute="name", dump_only=True)
    emailVerified = fields.Boolean(attribute="email_verified", dump_only=True)
    createdAt = Moment(attribute="created_at", dump_only=True, allow_none=True)
    timezone = fields.String(metadata={"example": "Europe/Vienna"})
    csrf_token = fields.String(metadata={"description": "Where a cookie signs me in"})


class ToldOut(Schema):
    message = fields.String(metadata={"example": "If this address can be used, a mail is on its way."})


class TotpOut(Schema):
    secret = fields.String(metadata={"description": "Shown this once"})
    uri = fields.String(metadata={"example": "otpauth://totp/…"})


class MailOut(Schema):
    to = fields.String(attribute="address", metadata={"example": EXAMPLE})
    subject = fields.String(metadata={"example": "Confirm your address"})
    text = fields.String()
    links = fields.List(fields.String())
    at = Moment(attribute="created_at")


class OutboxOut(Schema):
    mails = fields.List(fields.Nested(MailOut))
