"""The same stream as a small async service would make it: FastAPI, uvicorn, the vendor's async SDK as it comes.

No auth, no limits, no retrieval, no storage, no replay.
"""

import json
import os
from collections.abc import AsyncIterator

from fastapi import FastAPI
from fastapi.responses import StreamingResponse
from openai import AsyncOpenAI
from pydantic import BaseModel

app = FastAPI()
vendor = AsyncOpenAI(api_key="sk-bench", base_url=os.environ["OPENAI_BASE_URL"], max_retries=0)


class Body(BaseModel):
    message: str


@app.post("/api/v1/chat/message/stream")
async def stream(body: Body) -> StreamingResponse:
    return StreamingResponse(events(body.message), media_type="text/event-stream")


async def events(message: str) -> AsyncIterator[str]:
    yield 'data: {"type":"start"}\n\n'
    chunks = await vendor.chat.completions.create(
        model="coach-1", messages=[{"role": "user", "content": message}], stream=True
    )
    async for chunk in chunks:
        if chunk.choices and chunk.choices[0].delta.content:
            yield "data: " + json.dumps({"type": "content", "content": chunk.choices[0].delta.content}) + "\n\n"
    yield 'data: {"type":"end"}\n\n'
