#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include <sip/trace.h>

#include "support/guard_page.h"

typedef struct redaction {
    const char *text, *wanted;
    size_t count;
} redaction;

#define BEFORE "REGISTER sip:h SIP/2.0\r\nTo: <sip:b@h>\r\n"
#define AFTER "\r\nContact: <sip:b@h>;response=\"yes\"\r\n\r\nbody"

static const redaction redactions[] = {
    {BEFORE "Authorization: Digest username=\"bob\", realm=\"h\", nonce=\"ea9c\", uri=\"sip:h\", "
            "response=\"dfe56131d1958046\", algorithm=MD5, cnonce=\"0a4f\", opaque=\"\", qop=auth, "
            "nc=00000001" AFTER,
     BEFORE "Authorization: Digest username=\"bob\", realm=\"h\", nonce=\"ea9c\", uri=\"sip:h\", "
            "response=\"xxxxxxxxxxxxxxxx\", algorithm=MD5, cnonce=\"0a4f\", opaque=\"\", qop=auth, "
            "nc=00000001" AFTER,
     16},
    /* Any spelling, folded, without quotes, and what is not known. */
    {BEFORE "proxy-AUTHORIZATION \t: digest\r\n RESPONSE = dfe5,\r\n\tauts=\"a\\\"b\" ,nc=1" AFTER,
     BEFORE "proxy-AUTHORIZATION \t: digest\r\n RESPONSE = xxxx,\r\n\tauts=\"xxxx\" ,nc=1" AFTER,
     8},
    /* All of what is not Digest. */
    {BEFORE "Authorization: Bearer eyJ0.eXAi" AFTER, BEFORE "Authorization: Bearer xxxxxxxxx" AFTER,
     9},
    {BEFORE "Authorization: Basic  Ym9i Om\r\n  h1bA==" AFTER,
     BEFORE "Authorization: Basic  xxxx xx\r\n  xxxxxx" AFTER, 12},
    /* Twice, and in a body. */
    {"Authorization: A b\r\nAuthorization: A c\r\n\r\nAuthorization: A d",
     "Authorization: A x\r\nAuthorization: A x\r\n\r\nAuthorization: A x", 3},
    /* Not sound: no end of the quote, no value, no name, a stray word. */
    {"Authorization: Digest response=\"abc\r\nTo: x\r\n",
     "Authorization: Digest response=\"xxx\r\nTo: x\r\n", 3},
    {"Authorization: Digest response=\"abc\\", "Authorization: Digest response=\"xxxx", 4},
    {"Authorization: Digest response\r\n", "Authorization: Digest xxxxxxxx\r\n", 8},
    {"Authorization: Digest ,=a,, secret b=\"c\"z,\r\n",
     "Authorization: Digest ,=x,, xxxxxx b=\"x\"z,\r\n", 8},
    {"Authorization:", "Authorization:", 0},
    {"Authorization", "Authorization", 0},
    {"WWW-Authenticate: Digest nonce=\"a\"\r\n", "WWW-Authenticate: Digest nonce=\"a\"\r\n", 0},
    {"", "", 0},
};

static void test_secrets_are_put_over(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(redactions) / sizeof(redactions[0]); i++) {
        const redaction *r = &redactions[i];
        size_t len = strlen(r->text);
        char bytes[1000];

        memcpy(bytes, r->text, len + 1);
        assert_int_equal(sip_redact(bytes, len), r->count);
        assert_string_equal(bytes, r->wanted);
        /* Doing it again finds the same places. */
        assert_int_equal(sip_redact(bytes, len), r->count);
        assert_string_equal(bytes, r->wanted);
    }
    assert_int_equal(sip_redact(NULL, 0), 0);
}

/* Cut anywhere, nothing behind the end is read or written. */
static void test_every_prefix(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(redactions) / sizeof(redactions[0]); i++) {
        for (size_t len = 0; len <= strlen(redactions[i].text); len++) {
            guard_page page;

            guard_page_init(&page, redactions[i].text, len);
            (void)sip_redact(page.bytes, page.len);
            guard_page_finish(&page);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_secrets_are_put_over),
        cmocka_unit_test(test_every_prefix),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
