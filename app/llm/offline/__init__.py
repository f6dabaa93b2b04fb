"""A coach without a network: for first runs, demos and tests."""

from app.llm.offline.provider import OfflineProvider as OfflineProvider
