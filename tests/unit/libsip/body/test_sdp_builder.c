#include "support/guard_str.h"

#include <sip/sdp.h>

#include "support/fail_alloc.h"

#define TEXT                                                                                       \
    "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n"                    \
    "m=audio 49170 RTP/AVP 0\r\na=ptime:20\r\na=sendonly\r\n"

static void add_all(sip_sdp_builder *b)
{
    sip_sdp_builder_line(b, 'v', "0");
    sip_sdp_builder_line(b, 'o', "- 1 1 IN IP4 %s", "192.0.2.1");
    sip_sdp_builder_line(b, 's', "-");
    sip_sdp_builder_line(b, 'c', "IN IP4 %s", "192.0.2.1");
    sip_sdp_builder_line(b, 't', "0 0");
    sip_sdp_builder_line(b, 'm', "audio %u RTP/AVP 0", 49170u);
    sip_sdp_builder_line(b, 'a', "ptime:%u", 20u);
    sip_sdp_builder_value(b, 'a', SIP_STR("sendonly"));
}

static void test_build_and_print(void **state)
{
    sip_sdp_builder b;
    sip_sdp *sdp = NULL;
    sip_body body;
    char out[512];

    (void)state;
    sip_sdp_builder_init(&b, NULL);
    add_all(&b);
    assert_int_equal(sip_sdp_builder_read(&b, &sdp, NULL), 0);
    assert_str(sdp->text, TEXT);
    assert_int_equal(sip_sdp_print(sdp, out, sizeof out), sizeof TEXT - 1);
    assert_memory_equal(out, TEXT, sizeof TEXT - 1);
    body = sip_sdp_body(sdp);
    assert_int_equal(body.codec->print(body.object, out, 10), sizeof TEXT - 1);
    sip_sdp_builder_finish(&b);
    sip_free(NULL, sdp);
}

static void test_copy(void **state)
{
    sip_sdp_builder b;
    sip_sdp *sdp = NULL, *copy = NULL;

    (void)state;
    assert_int_equal(sip_sdp_parse(NULL, SIP_STR(TEXT), &sdp), 0);
    sip_sdp_builder_init(&b, NULL);
    sip_sdp_builder_copy(&b, sdp->lines, sdp->n_lines, NULL);
    sip_sdp_builder_copy(&b, sdp->media[0].lines, sdp->media[0].n_lines, "sendrecv sendonly");
    assert_int_equal(sip_sdp_builder_read(&b, &copy, NULL), 0);
    assert_int_equal(copy->media[0].n_attributes, 1);
    assert_int_equal(copy->media[0].direction, SIP_SDP_SENDRECV);
    assert_false(sip_sdp_equal(copy, sdp));
    sip_sdp_builder_finish(&b);
    sip_free(NULL, sdp);
    sip_free(NULL, copy);
}

static void test_equal(void **state)
{
    static const char *const others[] = {
        "v=0\r\no=- 1 2 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n"
        "m=audio 49170 RTP/AVP 0\r\na=ptime:20\r\na=sendonly\r\n",
        TEXT "m=audio 0 RTP/AVP 0\r\n",
        TEXT "a=x\r\n",
        "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n"
        "m=audio 49170 RTP/AVP 0\r\na=ptime:20\r\nb=sendonly\r\n",
    };
    sip_sdp *sdp = NULL, *other = NULL;

    (void)state;
    assert_int_equal(sip_sdp_parse(NULL, SIP_STR(TEXT), &sdp), 0);
    assert_int_equal(
        sip_sdp_parse(NULL,
                      SIP_STR("v=0\no=- 1 1 IN IP4 192.0.2.1\ns=-\nc=IN IP4 192.0.2.1\n\nt=0 0\n"
                              "m=audio 49170 RTP/AVP 0\na=ptime:20\na=sendonly"),
                      &other),
        0);
    assert_true(sip_sdp_equal(sdp, other));
    assert_false(sip_sdp_equal(sdp, NULL));
    assert_true(sip_sdp_equal(NULL, NULL));
    assert_int_equal(sip_sdp_print(NULL, NULL, 0), SIP_EINVAL);
    sip_free(NULL, other);
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        other = NULL;
        assert_int_equal(sip_sdp_parse(NULL, sip_str_of(others[i]), &other), 0);
        assert_false(sip_sdp_equal(sdp, other));
        sip_free(NULL, other);
    }
    sip_free(NULL, sdp);
}

static void test_errors(void **state)
{
    char wide[2002];
    sip_sdp_builder b;
    sip_sdp_error error = {0};
    sip_sdp *sdp = NULL;

    (void)state;
    sip_sdp_builder_init(&b, NULL);
    sip_sdp_builder_line(&b, 'a', "x\r\nm=audio 1 RTP/AVP 0");
    sip_sdp_builder_line(&b, 'v', "0");
    assert_int_equal(sip_sdp_builder_read(&b, &sdp, NULL), SIP_EINVAL);
    sip_sdp_builder_finish(&b);
    memset(wide, 'x', sizeof wide - 1);
    wide[sizeof wide - 1] = '\0';
    sip_sdp_builder_line(&b, 'a', "%s", wide);
    assert_int_equal(sip_sdp_builder_read(&b, &sdp, NULL), SIP_ETOOBIG);
    sip_sdp_builder_finish(&b);
    sip_sdp_builder_line(&b, 'v', "0");
    sip_sdp_builder_value(&b, 'o', (sip_str){NULL, 0});
    assert_int_equal(sip_sdp_builder_read(&b, &sdp, &error), SIP_ESYNTAX);
    assert_int_equal(error.line, 2);
    assert_string_equal(error.section, "RFC 8866 5.2");
    sip_sdp_builder_finish(&b);
    assert_null(sdp);
}

static void test_no_memory(void **state)
{
    fail_alloc fail;
    size_t n = 0;

    (void)state;
    do {
        sip_sdp_builder b;
        sip_sdp *sdp = NULL;
        int err;

        fail_alloc_init(&fail, ++n);
        sip_sdp_builder_init(&b, &fail.allocator);
        add_all(&b);
        for (size_t i = 0; i < 100; i++) {
            sip_sdp_builder_line(&b, 'a', "number:%zu", i);
        }
        err = sip_sdp_builder_read(&b, &sdp, NULL);
        assert_int_equal(err, fail.failed ? SIP_ENOMEM : 0);
        sip_sdp_builder_finish(&b);
        sip_free(&fail.allocator, sdp);
        assert_int_equal(fail.live, 0);
    } while (fail.failed);
    assert_true(n > 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_build_and_print), cmocka_unit_test(test_copy),
        cmocka_unit_test(test_equal),           cmocka_unit_test(test_errors),
        cmocka_unit_test(test_no_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
