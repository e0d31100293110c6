#include "support/guard_str.h"

#include <stdio.h>
#include <stdlib.h>

#include "body/sdp_bundle.h"

#define HEAD "v=0\r\no=- 1 1 IN IP4 h\r\ns=-\r\nc=IN IP4 h\r\nt=0 0\r\n"

static sip_sdp *parsed(const char *text)
{
    sip_sdp *sdp = NULL;

    assert_int_equal(sip_sdp_parse(NULL, sip_str_of(text), &sdp), 0);
    return sdp;
}

static void test_groups(void **state)
{
    sip_sdp *sdp = parsed(HEAD "a=group:\r\na=group:LS a\r\na=group:BUNDLE a x v\r\n"
                               "a=group:BUNDLE w\r\n");

    (void)state;
    assert_str(sip__group_of(sdp, "LS"), "a");
    assert_str(sip__group_of(sdp, "BUNDLE"), "a x v");
    assert_int_equal(sip__group_of(sdp, "FID").len, 0);
    sip_free(NULL, sdp);
}

/* A group that no sound description has is none: each look into it goes through it. */
static void test_endless_group(void **state)
{
    char *text = malloc(10000);
    sip_sdp *sdp;
    size_t len;

    (void)state;
    assert_non_null(text);
    len = (size_t)snprintf(text, 10000, HEAD "a=group:BUNDLE");
    for (size_t i = 0; i < 4000; i++) {
        memcpy(text + len, " a", 2);
        len += 2;
    }
    (void)snprintf(text + len, 10000 - len, "\r\n");
    sdp = parsed(text);
    assert_int_equal(sip__group_of(sdp, "BUNDLE").len, 0);
    sip_free(NULL, sdp);
    free(text);
}

static void test_first_of_a_bundle(void **state)
{
    sip_sdp *sdp = parsed(HEAD "a=group:BUNDLE v a u\r\na=x:session\r\na=y:session\r\n"
                               "m=audio 9 RTP/AVP 0\r\na=mid: a \r\n"
                               "m=video 9 RTP/AVP 31\r\na=mid:v\r\na=x:first\r\n"
                               "m=video 9 RTP/AVP 31\r\na=mid:w\r\nm=video 9 RTP/AVP 31\r\n");
    const sip_sdp_media *media = sdp->media;

    (void)state;
    assert_str(sip__mid_of(&media[0]), "a");
    assert_int_equal(sip__mid_of(&media[3]).len, 0);
    assert_ptr_equal(sip__first_of_bundle(sdp, &media[0]), &media[1]);
    assert_ptr_equal(sip__first_of_bundle(sdp, &media[1]), &media[1]);
    assert_ptr_equal(sip__first_of_bundle(sdp, &media[2]), &media[2]);
    assert_ptr_equal(sip__first_of_bundle(sdp, &media[3]), &media[3]);
    assert_ptr_equal(sip__path_section(sdp, &media[0], "x"), &media[1]);
    assert_ptr_equal(sip__path_section(sdp, &media[0], "mid"), &media[0]);
    assert_str(sip__path_attribute(sdp, &media[0], "x")->value, "first");
    assert_str(sip__path_attribute(sdp, &media[2], "x")->value, "session");
    assert_str(sip__path_attribute(sdp, &media[0], "y")->value, "session");
    assert_null(sip__path_attribute(sdp, &media[0], "z"));
    sip_free(NULL, sdp);
}

/* A first member that is no section leaves everyone on their own. */
static void test_unknown_first_member(void **state)
{
    sip_sdp *sdp = parsed(HEAD "a=group:BUNDLE x a\r\nm=audio 9 RTP/AVP 0\r\na=mid:a\r\n");

    (void)state;
    assert_ptr_equal(sip__first_of_bundle(sdp, &sdp->media[0]), &sdp->media[0]);
    sip_free(NULL, sdp);
}

static void test_bundle_only(void **state)
{
    static const struct {
        const char *section;
        bool is;
    } cases[] = {
        {"m=audio 0 RTP/AVP 0\r\na=mid:a\r\na=bundle-only\r\n", true},
        {"m=audio 9 RTP/AVP 0\r\na=mid:a\r\na=bundle-only\r\n", false},
        {"m=audio 0 RTP/AVP 0\r\na=mid:a\r\n", false},
        {"m=audio 0 RTP/AVP 0\r\na=mid:b\r\na=bundle-only\r\n", false},
        {"m=audio 0 RTP/AVP 0\r\na=bundle-only\r\n", false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[300];
        sip_sdp *sdp;

        (void)snprintf(text, sizeof text, HEAD "a=group:BUNDLE a\r\n%s", cases[i].section);
        sdp = parsed(text);
        assert_int_equal(sip__is_bundle_only(sdp, &sdp->media[0]), cases[i].is);
        sip_free(NULL, sdp);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_groups),
        cmocka_unit_test(test_endless_group),
        cmocka_unit_test(test_first_of_a_bundle),
        cmocka_unit_test(test_unknown_first_member),
        cmocka_unit_test(test_bundle_only),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
