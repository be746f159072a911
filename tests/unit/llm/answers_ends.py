"""Hostile inputs 1.2 and 1.4: how answers end, and thinking."""

from __future__ import annotations

from tests.hostile_server import DONE, choice, chunk, event, finish
from tests.unit.llm.rows import END, HI, ROLE, row, tool

ENDS = {
    "finish, no DONE": row(HI, finish(), text="Hi"),
    "neither finish nor DONE": row(HI, text="Hi", code="connection_cut"),
    "comments only": row(b": OPENROUTER PROCESSING\n\n" * 3, code="connection_cut", model=None),
    "cut in the middle of an event": row(HI, chunk(" you")[:-20], text="Hi", code="connection_cut"),
    "DONE without finish": row(HI, DONE, text="Hi", reason="other", raw=None),
    "length": row(HI, finish("length"), DONE, text="Hi", reason="length", raw="length"),
    "max_tokens": row(HI, finish("max_tokens"), DONE, text="Hi", reason="length", raw="max_tokens"),
    "MAX_TOKENS": row(HI, finish("MAX_TOKENS"), DONE, text="Hi", reason="length", raw="MAX_TOKENS"),
    "content_filter": row(HI, finish("content_filter"), DONE, text="Hi", reason="content_filter", raw="content_filter"),
    **{
        f"finish {reason}": row(HI, finish(reason), DONE, text="Hi", code="stream_error")
        for reason in ("error", "ERROR", "abort", "cancelled", "network_error", "insufficient_system_resource")
    },
    **{
        reason: row(HI, finish(reason), DONE, text="Hi", reason="content_filter", raw=reason)
        for reason in ("SAFETY", "RECITATION", "PROHIBITED_CONTENT", "sensitive")
    },
    "the window is full": row(
        HI,
        finish("model_context_window_exceeded"),
        DONE,
        text="Hi",
        reason="length",
        raw="model_context_window_exceeded",
    ),
    "a call that the server could not read": row(
        ROLE, finish("MALFORMED_FUNCTION_CALL"), DONE, code="tool_generation_failed"
    ),
    "finish null as text on every chunk": row(
        event(choice({"content": "H"}, "null")), event(choice({"content": "i"}, "null")), END, text="Hi"
    ),
    "finish null as text, then nothing": row(
        event(choice({"content": "Hi"}, "None")), text="Hi", code="connection_cut"
    ),
    "finish empty on every chunk": row(
        event(choice({"content": "H"}, "")), event(choice({"content": "i"}, "")), END, text="Hi"
    ),
    "finish empty on every chunk, then nothing": row(
        event(choice({"content": "Hi"}, "")), text="Hi", code="connection_cut"
    ),
    "finish unknown": row(HI, finish("eos"), DONE, text="Hi", reason="other", raw="eos"),
    "finish end_turn": row(HI, finish("end_turn"), DONE, text="Hi", reason="other", raw="end_turn"),
    "stop although tools came": row(tool(arguments='{"a": 1}'), END, calls=(("write", '{"a": 1}', False),)),
    "tool_calls although arguments are cut": row(
        tool(arguments='{"a": '),
        finish("tool_calls"),
        DONE,
        reason="tool_calls",
        raw="tool_calls",
        calls=(("write", '{"a": ', True),),
    ),
    "tool calls, then the connection breaks": row(HI, tool(arguments='{"a": 1}'), text="Hi", code="connection_cut"),
    "nothing, stop": row(ROLE, END, code="empty_answer"),
    "nothing, DONE": row(DONE, code="empty_answer", model=None),
    "nothing but blanks": row(chunk(" \n"), END, text=" \n", code="empty_answer"),
    "nothing, length": row(ROLE, finish("length"), DONE, code="length"),
    "nothing, content_filter": row(ROLE, finish("content_filter"), DONE, code="content_filter"),
    "nothing at all": row(code="bad_response", model=None),
    "only blank lines": row(b"\n\n\n", code="bad_response", model=None),
    "half an object, then more": row(
        HI, event(b'{"choices":[{"index":0,"delta":{"content":"lo'), chunk("x"), text="Hi", code="bad_response"
    ),
    "deep nesting": row(HI, event(b"[" * 100_000), event(b'{"choices":' * 50_000), text="Hi", code="bad_response"),
}

REASONING = {
    "reasoning_content": row(event(choice({"reasoning_content": "hm"})), HI, END, text="Hi", reasoning="hm"),
    "reasoning": row(event(choice({"reasoning": "hm"})), HI, END, text="Hi", reasoning="hm"),
    "both at once": row(
        event(choice({"reasoning": "hm", "reasoning_content": "hm"})), HI, END, text="Hi", reasoning="hm"
    ),
    "with content in one chunk": row(
        event(choice({"reasoning_content": "hm", "content": "Hi"})), END, text="Hi", reasoning="hm"
    ),
    "reasoning_details": row(
        event(
            choice(
                {
                    "reasoning_details": [
                        {"type": "reasoning.text", "text": "hm"},
                        {"type": "reasoning.encrypted", "data": "x"},
                        1,
                    ]
                }
            )
        ),
        HI,
        END,
        text="Hi",
        reasoning="hm",
    ),
    "reasoning and reasoning_details": row(
        event(choice({"reasoning": "hm", "reasoning_details": [{"type": "reasoning.text", "text": "hm"}]})),
        HI,
        END,
        text="Hi",
        reasoning="hm",
    ),
    "reasoning and encrypted details": row(
        event(choice({"reasoning": "hm", "reasoning_details": [{"type": "reasoning.encrypted", "data": "x"}]})),
        HI,
        END,
        text="Hi",
        reasoning="hm",
    ),
    "reasoning of another type": row(
        event(choice({"reasoning": {"effort": 1}, "reasoning_details": "x"})), HI, END, text="Hi"
    ),
    "think tags": row(chunk("<think>hm</think>\n\nHi"), END, text="Hi", reasoning="hm"),
    "think tags over chunks": row(
        chunk("<th"), chunk("ink>h"), chunk("m</thi"), chunk("nk>"), chunk("\n"), HI, END, text="Hi", reasoning="hm"
    ),
    "blanks before the tag": row(chunk("\n "), chunk("<think>hm</think>Hi"), END, text="Hi", reasoning="hm"),
    "never closed": row(chunk("<think>hm"), END, reasoning="hm", code="empty_answer"),
    "never closed, half a closing tag": row(chunk("<think>hm</thi"), END, reasoning="hm</thi", code="empty_answer"),
    "closed without opener": row(chunk("hm\n"), chunk("</think>\n\nHi"), END, text="hm\nHi"),
    "closed without opener, at once": row(chunk("</think>"), chunk("\n\nHi"), END, text="Hi"),
    "literal tag in code later on": row(
        chunk("See ```\n<think>x</think>\n``` and `</think>`"),
        END,
        text="See ```\n<think>x</think>\n``` and `</think>`",
    ),
    "literal closing tag in a sentence": row(chunk("The tag </think> ends it"), END, text="The tag </think> ends it"),
    "a second pair of tags": row(
        chunk("<think>hm</think>Hi <think>x</think>"), END, text="Hi <think>x</think>", reasoning="hm"
    ),
    "something like a tag": row(chunk("<thin"), chunk("g>"), END, text="<thing>"),
    "less-than at the end": row(chunk("a <"), END, text="a <"),
    "tags in the content although thinking came apart": row(
        event(choice({"reasoning_content": "hm"})),
        chunk("<think> is a tag"),
        END,
        text="<think> is a tag",
        reasoning="hm",
    ),
    "reasoning without content": row(
        event(choice({"reasoning_content": "hm"})), END, reasoning="hm", code="empty_answer"
    ),
    "reasoning, then cut by length": row(
        event(choice({"reasoning": "hm"})), finish("length"), DONE, reasoning="hm", code="length"
    ),
}
