"""JSON Schemas of answers that are data, in few words: every text and list has bounds, every object is closed."""

from app.llm.interfaces import JSONSchema


def text(most: int, least: int = 1, **more: str) -> JSONSchema:
    return {"type": "string", "minLength": least, "maxLength": most, **more}


def array(items: JSONSchema, most: int, least: int = 1) -> JSONSchema:
    return {"type": "array", "minItems": least, "maxItems": most, "items": items}


def closed_object(**properties: JSONSchema) -> JSONSchema:
    """All of its properties are required."""
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}
