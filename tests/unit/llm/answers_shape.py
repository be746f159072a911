"""Hostile inputs 1.1: the shape of chunks, as real servers send them."""

from __future__ import annotations

from chat.llm.base import Usage
from tests.hostile_server import DONE, choice, chunk, event, finish, usage
from tests.unit.llm.rows import COUNTS, END, HI, ROLE, row

SHAPE = {
    "plain": row(ROLE, HI, chunk(" you"), finish(), usage(), DONE, text="Hi you", usage=COUNTS),
    "choices empty first": row(event({"choices": [], "prompt_filter_results": [{"a": 1}]}), HI, END, text="Hi"),
    "choice without delta": row(event({"choices": [{"index": 0, "content_filter_offsets": {}}]}), HI, END, text="Hi"),
    "delta null, also after finish": row(event(choice(None)), HI, finish(), event(choice(None)), DONE, text="Hi"),
    "choices null": row(event({"choices": None}), HI, END, text="Hi"),
    "choices missing: heartbeat objects": row(event({"type": "ping"}), event({}), HI, END, text="Hi"),
    "choices odd": row(
        event({"choices": "x"}), event({"choices": [None, 1]}), event([]), event("x"), event(1), HI, END, text="Hi"
    ),
    "usage in its own last chunk": row(HI, finish(), usage(), DONE, text="Hi", usage=COUNTS),
    "usage last but one": row(HI, usage(), finish(), DONE, text="Hi", usage=COUNTS),
    "usage with the finish": row(
        HI, finish(usage={"prompt_tokens": 7, "completion_tokens": 3}), DONE, text="Hi", usage=COUNTS
    ),
    "usage null everywhere": row(chunk("Hi", usage=None), finish(usage=None), DONE, text="Hi"),
    "usage all zeros": row(HI, finish(), usage(0, 0), DONE, text="Hi"),
    "usage prompt zero": row(HI, finish(), usage(0, 3), DONE, text="Hi", usage=Usage(None, 3)),
    "usage partial": row(HI, finish(), usage(7, None), DONE, text="Hi", usage=Usage(7, None)),
    "usage as text": row(HI, finish(), usage("7", "3"), DONE, text="Hi"),
    "usage negative, huge, bool, float": row(HI, finish(), usage(-1, 10**12), usage(True, 1.5), DONE, text="Hi"),
    "usage a list": row(HI, finish(), event({"choices": [], "usage": [1]}), DONE, text="Hi"),
    "usage running total": row(
        chunk("H", usage={"prompt_tokens": 7, "completion_tokens": 1}),
        chunk("i", usage={"prompt_tokens": 7, "completion_tokens": 2}),
        finish(usage={"prompt_tokens": 7, "completion_tokens": 3}),
        DONE,
        text="Hi",
        usage=COUNTS,
    ),
    "usage in the choice": row(
        HI,
        event(
            {
                "choices": [
                    {
                        "index": 0,
                        "delta": {},
                        "finish_reason": "stop",
                        "usage": {"prompt_tokens": 7, "completion_tokens": 3},
                    }
                ]
            }
        ),
        DONE,
        text="Hi",
        usage=COUNTS,
    ),
    "usage in x_groq": row(
        HI, finish(x_groq={"usage": {"prompt_tokens": 7, "completion_tokens": 3}}), DONE, text="Hi", usage=COUNTS
    ),
    "usage details": row(
        HI,
        finish(),
        usage(7, 3, prompt_tokens_details={"cached_tokens": 5}, completion_tokens_details={"reasoning_tokens": 2}),
        DONE,
        text="Hi",
        usage=Usage(7, 3, 5, 2),
    ),
    "usage details larger than the whole": row(
        HI,
        finish(),
        usage(7, 3, prompt_tokens_details={"cached_tokens": 50}, completion_tokens_details=None),
        DONE,
        text="Hi",
        usage=COUNTS,
    ),
    "usage cached as DeepSeek names it": row(
        HI, finish(), usage(7, 3, prompt_cache_hit_tokens=5), DONE, text="Hi", usage=Usage(7, 3, 5)
    ),
    "content null, missing, empty": row(
        event(choice({"content": None})), event(choice({})), chunk(""), HI, END, text="Hi"
    ),
    "content as typed parts": row(
        event(choice({"content": [{"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]}]})),
        event(choice({"content": [{"type": "text", "text": "Hi"}, {"type": "image_url"}, 1, None]})),
        END,
        text="Hi",
        reasoning="hm",
    ),
    "content as one part, as bare strings": row(
        event(choice({"content": {"type": "text", "text": "H"}})), event(choice({"content": ["i"]})), END, text="Hi"
    ),
    "content of another type": row(event(choice({"content": 5})), HI, END, text="Hi"),
    "role on every chunk": row(
        event(choice({"role": "assistant", "content": "H"})),
        event(choice({"role": "assistant", "content": "i"})),
        END,
        text="Hi",
    ),
    "id and model change": row(
        event({**choice({"content": "H"}), "id": "x", "model": "other"}), chunk("i"), END, text="Hi", model="other"
    ),
    "choice index 1": row(
        HI,
        event({"choices": [{"index": 1, "delta": {"content": "shadow"}, "finish_reason": "length"}]}),
        END,
        text="Hi",
    ),
    "two choices in a chunk": row(
        event(
            {
                "model": "test-model",
                "choices": [{"index": 1, "delta": {"content": "no"}}, {"index": 0, "delta": {"content": "Hi"}}],
            }
        ),
        END,
        text="Hi",
    ),
    "index as text": row(
        event({"model": "test-model", "choices": [{"index": "0", "delta": {"content": "Hi"}}]}), END, text="Hi"
    ),
    "index missing": row(event({"model": "test-model", "choices": [{"delta": {"content": "Hi"}}]}), END, text="Hi"),
    "message in place of delta": row(
        event({"choices": [{"index": 0, "message": {"content": "Hi"}, "finish_reason": "stop"}]}),
        DONE,
        text="Hi",
        model=None,
    ),
    "text in place of delta": row(
        event({"choices": [{"index": 0, "text": "Hi", "finish_reason": "stop"}]}), DONE, text="Hi", model=None
    ),
    "refusal": row(
        event(choice({"refusal": "I can't "})), event(choice({"refusal": "do that."})), END, text="I can't do that."
    ),
    "legacy function call": row(
        event(choice({"function_call": {"name": "write", "arguments": '{"a"'}})),
        event(choice({"function_call": {"arguments": ": 1}"}})),
        finish("function_call"),
        DONE,
        calls=(("write", '{"a": 1}', False),),
        reason="tool_calls",
        raw="function_call",
    ),
    "text in the finishing chunk": row(HI, finish(delta={"content": " you"}), DONE, text="Hi you"),
    "two finish chunks": row(HI, finish(), finish("length"), DONE, text="Hi"),
    "text after the finish": row(HI, finish(), chunk("!"), DONE, text="Hi!"),
    "text after DONE": row(HI, END, chunk("no"), text="Hi"),
    "DONE with blanks": row(HI, finish(), b"data:  [DONE] \n\n", text="Hi"),
    "one event of 2 MB": row(chunk("x" * 2_000_000), END, text="x" * 2_000_000),
    "20 000 events": row(*[chunk("x")] * 20_000, END, text="x" * 20_000),
    "half an emoji in each chunk": row(
        event(rb'{"model":"test-model","choices":[{"index":0,"delta":{"content":"a\ud83d"}}]}'),
        event(rb'{"choices":[{"index":0,"delta":{"content":"\ude00b"}}]}'),
        END,
        text="a😀b",
    ),
    "half an emoji alone": row(
        event(rb'{"model":"test-model","choices":[{"index":0,"delta":{"content":"a\ud83d"}}]}'),
        chunk("b"),
        event(rb'{"choices":[{"index":0,"delta":{"content":"\ude00"}}]}'),
        END,
        text="a\ufffdb\ufffd",
    ),
    "half an emoji at the end": row(
        HI, event(rb'{"choices":[{"index":0,"delta":{"content":"\ud83d"}}]}'), END, text="Hi\ufffd"
    ),
    "bytes that are no UTF-8": row(
        event(b'{"model":"test-model","choices":[{"index":0,"delta":{"content":"a\xffb"}}]}'), END, text="a\ufffdb"
    ),
    "NUL and ESC": row(chunk("a\x00b\x1b[31mc\td\n"), END, text="a\ufffdb\ufffd[31mc\td\n"),
    "NUL raw in the JSON": row(
        event(b'{"model":"test-model","choices":[{"index":0,"delta":{"content":"a\x00b"}}]}'), END, text="a\ufffdb"
    ),
    "event: ping, event: message": row(b"event: ping\ndata: {}\n\n", b"event: message\n" + HI, END, text="Hi"),
    "words that are no JSON": row(event(b"ping"), HI, END, text="Hi"),
    "comment after id, lone retry, empty data": row(
        b"id: 1\n: x\n\nretry: 10\n\ndata:\n\ndata: \n\n", HI, END, text="Hi"
    ),
    "CRLF": row((ROLE + HI + END).replace(b"\n", b"\r\n"), text="Hi"),
    "BOM": row(b"\xef\xbb\xbf", HI, END, text="Hi"),
    "blank lines first": row(b"\n\n", HI, END, text="Hi"),
    "no final blank line": row(HI, finish().rstrip(), text="Hi"),
}
