/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TEST_PARSED_ANSWER_H
#define TEST_PARSED_ANSWER_H

#include <string.h>

#include "readers/peers.h"

/* Parses a peer's answer; the test fails if it is no JSON object. The caller releases it. Include
 * cmocka.h before. */
static inline json_t *parsed(const char *text)
{
	struct complaint why;
	json_t *answer = peer_answer_parse(text, strlen(text), &why);

	if (!answer)
		fail_msg("%s: %s", text, why.text);
	return answer;
}

#endif
