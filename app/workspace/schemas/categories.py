"""Bodies of categories, in and out."""

from marshmallow import fields, validate

from app.web.schemas import CamelCase, Moment, Schema, Text
from app.workspace.schemas.lists import BodyIn, Trimmed

NAME = {"example": "Travel"}
COLOR = {"example": "#3B82F6"}
ICON = {"example": "✈️"}


class CategoryChangeIn(BodyIn):
    """Only what is named is changed; ``null`` takes a colour or an icon away."""

    name = Trimmed(1, 50, metadata=NAME)
    color = Text(
        1, 7, allow_none=True, metadata=COLOR,
        validate=validate.Regexp(r"^#[0-9A-Fa-f]{6}\Z", error="must be a colour like #3B82F6"),
    )  # fmt: skip
    icon = Trimmed(0, 50, allow_none=True, metadata=ICON)


class CategoryIn(CategoryChangeIn):
    name = Trimmed(1, 50, required=True, metadata=NAME)


class CategoryOut(Schema):
    id = fields.String(metadata={"example": "category_abc123", "description": "A default category's is its name"})
    user_id = fields.String(metadata={"example": "user_xyz789"})
    name = fields.String(metadata=NAME)
    color = fields.String(allow_none=True, metadata=COLOR)
    icon = fields.String(allow_none=True, metadata=ICON)
    is_default = fields.Boolean()
    created_at = Moment()
    updated_at = Moment()


class CategoryDeletionOut(CamelCase):
    success = fields.Boolean(metadata={"example": True})
    message = fields.String(metadata={"example": "Category deleted successfully"})
    goalsAffected = fields.Integer(metadata={"example": 2, "description": "Goals that are in `other` now"})
