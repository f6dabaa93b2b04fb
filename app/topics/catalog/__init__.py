"""All topics, one file per family."""

from app.topics.catalog import analysis, coaching, coaching_service, onboarding, operations, strategy
from app.topics.topic import Topic

FAMILIES = (onboarding, strategy, operations, analysis, coaching, coaching_service)
TOPICS: dict[str, Topic] = {topic.id: topic for family in FAMILIES for topic in family.TOPICS}
RESULTS = {topic.schema_ref: topic.result for topic in TOPICS.values()}
