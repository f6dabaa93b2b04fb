"""The same work as a good team would write it: FastAPI, uvicorn, the vendor's async SDK, SQLAlchemy on asyncpg.

It checks the bearer token, finds or makes the person's session, reads the last 20 messages, stores the question, streams,
and stores the answer. No retrieval, limits, replay or idempotency.
"""

import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import jwt
from fastapi import FastAPI, Header, HTTPException
from fastapi.responses import StreamingResponse
from openai import AsyncOpenAI
from pydantic import BaseModel
from sqlalchemy import ForeignKey, Index, make_url, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

HISTORY = 20
CONNECTIONS = 48  # as many as a process of ours may open
SECRET = os.environ["AUTH_JWT_SECRET"]

url = make_url(os.environ["DATABASE_URL"]).set(drivername="postgresql+asyncpg")
engine = create_async_engine(url, pool_size=CONNECTIONS, max_overflow=0, pool_timeout=60)
database = async_sessionmaker(engine, expire_on_commit=False)
vendor = AsyncOpenAI(api_key="sk-bench", base_url=os.environ["OPENAI_BASE_URL"], max_retries=0)


class Base(DeclarativeBase):
    pass


class Session(Base):
    __tablename__ = "baseline_sessions"
    __table_args__ = (Index("ix_baseline_sessions_owner", "tenant_id", "user_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    tenant_id: Mapped[str]
    user_id: Mapped[str]


class Message(Base):
    __tablename__ = "baseline_messages"

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey(Session.id), index=True)
    role: Mapped[str]
    content: Mapped[str]


class Body(BaseModel):
    message: str


@asynccontextmanager
async def prepared(_app: FastAPI) -> AsyncIterator[None]:
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    yield


app = FastAPI(lifespan=prepared)


@app.post("/api/v1/chat/message/stream")
async def stream(body: Body, authorization: str = Header()) -> StreamingResponse:
    claims = checked(authorization.removeprefix("Bearer "))
    async with database.begin() as session:
        conversation = await found(session, claims)
        history = await said(session, conversation)
        session.add(Message(session_id=conversation, role="user", content=body.message))
    messages = [*history, {"role": "user", "content": body.message}]
    return StreamingResponse(events(conversation, messages), media_type="text/event-stream")


def checked(token: str) -> dict[str, Any]:
    try:
        claims: dict[str, Any] = jwt.decode(token, SECRET, algorithms=["HS256"])
    except jwt.InvalidTokenError:
        raise HTTPException(401) from None
    return claims


async def found(session: AsyncSession, claims: dict[str, Any]) -> int:
    """The person's session, made where there is none."""
    mine = (Session.tenant_id == claims["tenant_id"], Session.user_id == claims["sub"])
    if known := await session.scalar(select(Session.id).where(*mine).limit(1)):
        return known
    made = Session(tenant_id=claims["tenant_id"], user_id=claims["sub"])
    session.add(made)
    await session.flush()
    return made.id


async def said(session: AsyncSession, conversation: int) -> list[dict[str, str]]:
    newest = select(Message).where(Message.session_id == conversation).order_by(Message.id.desc()).limit(HISTORY)
    rows = await session.scalars(newest)
    return [{"role": row.role, "content": row.content} for row in reversed(rows.all())]


async def events(conversation: int, messages: list[dict[str, str]]) -> AsyncIterator[str]:
    yield 'data: {"type":"start"}\n\n'
    answer: list[str] = []
    chunks = await vendor.chat.completions.create(model="coach-1", messages=messages, stream=True)  # type: ignore[call-overload]
    async for chunk in chunks:
        if chunk.choices and (delta := chunk.choices[0].delta.content):
            answer.append(delta)
            yield "data: " + json.dumps({"type": "content", "content": delta}) + "\n\n"
    async with database.begin() as session:
        session.add(Message(session_id=conversation, role="assistant", content="".join(answer)))
    yield 'data: {"type":"end"}\n\n'
