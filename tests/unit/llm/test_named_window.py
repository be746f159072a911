"""The window that a server names as it calls a prompt too long, in the words of each."""

from __future__ import annotations

import json

import pytest

from chat.llm.failures import error_from_event, error_from_status
from chat.llm.named_window import NamedWindow, named_window

WORDS = {
    "OpenAI": (
        "This model's maximum context length is 8192 tokens. However, your messages resulted in 9000 tokens.",
        (8192, 9000),
    ),
    "OpenAI, with the answer": (
        (
            "This model's maximum context length is 4097 tokens, however you requested 4322 tokens (4066 in your "
            "prompt; 256 for the completion)."
        ),
        (4097, 4066),
    ),
    "OpenRouter": (
        (
            "This endpoint's maximum context length is 131072 tokens. However, you requested about 150000 tokens "
            "(118000 of text input, 32000 in the output)."
        ),
        (131072, 118000),
    ),
    "vLLM": (
        (
            "'max_tokens' is too large: 2000. This model's maximum context length is 4096 tokens and your request "
            "has 2104 input tokens (2000 > 4096 - 2104)."
        ),
        (4096, 2104),
    ),
    "llama.cpp": (
        "request (9031 tokens) exceeds the available context size (8192 tokens), try increasing it",
        (8192, 9031),
    ),
    "llama.cpp, fields": ('{"type":"exceed_context_size_error","n_prompt_tokens":9031,"n_ctx":8192}', (8192, 9031)),
    "LM Studio": (
        (
            "Trying to keep the first 15857 tokens when context the overflows. However, the model is loaded with "
            "context length of only 4096 tokens, which is not enough."
        ),
        (4096, 15857),
    ),
    "LM Studio, before": (
        (
            "The number of tokens to keep from the initial prompt is greater than the context length (n_keep: 5000>= "
            "n_ctx: 4096)"
        ),
        (4096, 5000),
    ),
    "Anthropic": ("prompt is too long: 210000 tokens > 200000 maximum", (200000, 210000)),
    "xAI": (
        "This model's maximum prompt length is 131072 but the request contains 136973 tokens.",
        (131072, 136973),
    ),
    "TGI": (
        "`inputs` tokens + `max_new_tokens` must be <= 4097. Given: 5000 `inputs` tokens and 512 `max_new_tokens`",
        (4097, 5000),
    ),
    "TGI, input alone": ("`inputs` must have less than 1024 tokens. Given: 1500", (1024, 1500)),
    "Gemini": (
        "The input token count (2845475) exceeds the maximum number of tokens allowed (1048576).",
        (1048576, 2845475),
    ),
    "Mistral": (
        "Prompt contains 65673 tokens and 0 draft tokens, too large for model with 32768 maximum context length",
        (32768, 65673),
    ),
    "Groq": (
        "Request too large for model `x` on tokens per minute (TPM): Limit 6000, Requested 9000, please reduce",
        (6000, 9000),
    ),
    "Moonshot": ("Your request exceeded model token limit: 8192 (requested: 9000)", (8192, 9000)),
    "with commas": ("maximum context length is 8,192 tokens", (8192, None)),
}


@pytest.mark.parametrize("server", WORDS)
def test_what_a_server_names(server: str) -> None:
    words, named = WORDS[server]
    assert named_window(words) == NamedWindow(*named)


@pytest.mark.parametrize(
    "words",
    [
        "context_length_exceeded",
        "n_keep >= n_ctx",
        "maximum context length is 12 tokens",
        "maximum context length is 999999999999 tokens",
        "Please reduce the length of the messages or completion.",
        "",
    ],
)
def test_nothing_is_made_up(words: str) -> None:
    assert named_window(words) is None


def test_it_comes_with_the_error_of_a_prompt_that_is_too_long_and_with_no_other() -> None:
    words = WORDS["OpenAI"][0]
    body = {"error": {"message": words}}
    assert error_from_status(400, json.dumps(body).encode(), {}).window == (8192, 9000)
    assert error_from_event(body).window == (8192, 9000)
    assert error_from_status(429, json.dumps(body).encode(), {}).window is None
