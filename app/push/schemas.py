"""Bodies of push subscriptions, as ``PushSubscription.toJSON()`` of a browser gives them."""

from marshmallow import fields

from app.web.schemas import Moment, Schema, Text


class KeysIn(Schema):
    p256dh = Text(1, 100, required=True, metadata={"description": "The browser's public key, base64url"})
    auth = Text(1, 40, required=True, metadata={"description": "What it shares with us, base64url"})


class SubscriptionIn(Schema):
    endpoint = Text(1, 1000, required=True, metadata={"example": "https://push.example/send/abc"})
    keys = fields.Nested(KeysIn, required=True)


class SubscriptionOut(Schema):
    id = fields.String(metadata={"example": "push_abc123"})
    created_at = Moment()


class KeyOut(Schema):
    public_key = fields.String(metadata={"description": "`applicationServerKey` of `pushManager.subscribe`, base64url"})
