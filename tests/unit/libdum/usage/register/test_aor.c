#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "usage/register/aor.h"

static int canonical(const char *text, char out[DUM__AOR_BYTES])
{
    sip_uri uri;

    assert_int_equal(sip_uri_parse(sip_str_of(text), &uri), 0);
    return dum__aor_canonical(&uri, out);
}

static void assert_aor(const char *text, const char *expected)
{
    char out[DUM__AOR_BYTES];
    int len = canonical(text, out);

    assert_int_equal(len, (int)strlen(expected));
    assert_memory_equal(out, expected, strlen(expected));
}

static void the_same_for_all_spellings(void **state)
{
    (void)state;
    assert_aor("sip:alice@example.com", "sip:alice@example.com");
    assert_aor("sips:%61lice@EXAMPLE.com:5061;transport=tcp", "sip:alice@example.com");
    assert_aor("sip:Alice:secret@[2001:DB8::1]", "sip:Alice@[2001:db8::1]");
}

static void no_aor(void **state)
{
    char out[DUM__AOR_BYTES], text[DUM__AOR_BYTES + 20] = "sip:";

    (void)state;
    assert_int_equal(dum__aor_canonical(NULL, out), SIP_EINVAL);
    assert_int_equal(canonical("sip:example.com", out), SIP_EINVAL);
    assert_int_equal(canonical("tel:+123", out), SIP_EINVAL);
    memset(text + 4, 'a', DUM__AOR_BYTES);
    memcpy(text + DUM__AOR_BYTES, "@h", 3);
    assert_int_equal(canonical(text, out), SIP_ETOOBIG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_for_all_spellings),
        cmocka_unit_test(no_aor),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
