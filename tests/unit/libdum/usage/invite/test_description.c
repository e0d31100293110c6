#include "usage/invite/description.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "support/fail_alloc.h"

#define HEAD "v=0\r\no=- 7 9 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n"
#define AUDIO "m=audio 40000 RTP/AVP 0 8\r\n"
#define VIDEO "m=video 40002 RTP/AVP 99\r\n"

static fail_alloc memory;
static dum_manager dum;

static int set_up(void **state)
{
    (void)state;
    fail_alloc_init(&memory, 0);
    dum = (dum_manager){.allocator = &memory.allocator};
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    return memory.live == 0 ? 0 : -1;
}

static bool holds_text(sip_str text, const char *part)
{
    char copy[1000];

    assert_true(text.len < sizeof copy);
    memcpy(copy, text.ptr, text.len);
    copy[text.len] = '\0';
    return strstr(copy, part) != NULL;
}

static void give_back(sip_str text)
{
    dum__free(&dum, (void *)(uintptr_t)text.ptr);
}

static void streams(void **state)
{
    (void)state;
    assert_int_equal(dum__description_streams(SIP_STR(HEAD)), 0);
    assert_int_equal(dum__description_streams(SIP_STR(HEAD AUDIO)), 1);
    assert_int_equal(dum__description_streams(SIP_STR(HEAD AUDIO "a=m=x\r\n" VIDEO)), 2);
    assert_int_equal(dum__description_streams(SIP_STR("m=a\nm=b\rm=")), 3);
    assert_int_equal(dum__description_streams(SIP_STR("m")), 0);
    assert_int_equal(dum__description_streams((sip_str){0}), 0);
}

static void of_a_message(void **state)
{
    static const struct {
        const char *type, *body;
        bool is_one;
    } cases[] = {
        {"Content-Type: application/sdp\r\n", HEAD, true},
        {"Content-Type: Application/SDP ; charset=x\r\n", HEAD, true},
        {"Content-Type: application/sdpx\r\n", HEAD, false},
        {"Content-Type: text/plain\r\n", HEAD, false},
        {"", "", false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[700];
        sip_msg *msg;

        snprintf(text, sizeof text,
                 "INFO sip:a@h SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\r\n"
                 "Max-Forwards: 70\r\nFrom: <sip:a@h>;tag=1\r\nTo: <sip:a@h>\r\nCall-ID: c\r\n"
                 "CSeq: 1 INFO\r\n%sContent-Length: %zu\r\n\r\n%s",
                 cases[i].type, strlen(cases[i].body), cases[i].body);
        assert_int_equal(sip_msg_parse(NULL, NULL, sip_str_of(text), NULL, &msg, NULL), 0);
        assert_true(sip_str_equal(dum__description_of(msg), cases[i].is_one ? HEAD : ""));
        sip_msg_unref(msg);
    }
}

static void soundness(void **state)
{
    (void)state;
    assert_true(dum__description_is_sound(&dum, SIP_STR(HEAD AUDIO)));
    assert_false(dum__description_is_sound(&dum, SIP_STR("hello")));
    assert_false(dum__description_is_sound(&dum, (sip_str){0}));
}

static void directions(void **state)
{
    static const struct {
        const char *text;
        sip_sdp_direction direction;
        bool holds;
    } cases[] = {
        {HEAD, SIP_SDP_SENDRECV, false},
        {HEAD AUDIO, SIP_SDP_SENDRECV, false},
        {HEAD AUDIO "a=sendonly\r\n", SIP_SDP_SENDONLY, true},
        {HEAD AUDIO "a=inactive\r\n" VIDEO, SIP_SDP_INACTIVE, true},
        {HEAD AUDIO "a=recvonly\r\n", SIP_SDP_RECVONLY, false},
        {HEAD "a=sendonly\r\n" AUDIO, SIP_SDP_SENDONLY, true},
        {HEAD "m=audio 0 RTP/AVP 0\r\na=sendonly\r\n" VIDEO "a=recvonly\r\n", SIP_SDP_RECVONLY,
         false},
        {"no description", SIP_SDP_SENDRECV, false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        sip_str text = sip_str_of(cases[i].text);

        assert_int_equal(dum__description_direction(&dum, text), cases[i].direction);
        assert_int_equal(dum__description_holds(&dum, text), cases[i].holds);
    }
}

/* ---- what an application gives */

static int print_object(const void *object, char *out, size_t size)
{
    return snprintf(out, size, "%s", (const char *)object);
}

static int print_nothing(const void *object, char *out, size_t size)
{
    (void)object, (void)out, (void)size;
    return SIP_EINVAL;
}

/* Knows its length and then cannot print. */
static int print_half(const void *object, char *out, size_t size)
{
    (void)object, (void)size;
    return out == NULL ? 5 : SIP_ETOOBIG;
}

static void printed(void **state)
{
    static const sip_body_codec codec = {"application/sdp", print_object},
                                other = {"text/plain", print_object},
                                broken = {"application/sdp", print_nothing},
                                half = {"application/sdp", print_half};
    const sip_body text = SIP_BODY_SDP(HEAD AUDIO), typed = {.codec = &codec, .object = HEAD};
    sip_str out = SIP_STR("untouched");

    (void)state;
    assert_int_equal(dum__description_print(&dum, NULL, &out), SIP_EINVAL);
    assert_int_equal(dum__description_print(&dum, &(sip_body){.codec = &other}, &out), SIP_EINVAL);
    assert_int_equal(dum__description_print(&dum, &(sip_body){.codec = &broken}, &out), SIP_EINVAL);
    assert_int_equal(dum__description_print(&dum, &(sip_body){.codec = &half}, &out), SIP_ETOOBIG);
    assert_int_equal(
        dum__description_print(
            &dum, &(sip_body){.type = SIP_STR("text/plain"), .data = SIP_STR("x")}, &out),
        SIP_EINVAL);
    assert_int_equal(
        dum__description_print(&dum, &(sip_body){.type = SIP_STR("application/sdp")}, &out),
        SIP_EINVAL);
    assert_true(sip_str_equal(out, "untouched"));
    assert_int_equal(dum__description_print(&dum, &text, &out), 0);
    assert_true(sip_str_equal(out, HEAD AUDIO));
    give_back(out);
    assert_int_equal(dum__description_print(&dum, &typed, &out), 0);
    assert_true(sip_str_equal(out, HEAD));
    assert_true(sip_str_equal(dum__description_body(out).type, "application/sdp"));
    assert_true(sip_str_equal(dum__description_body(out).data, HEAD));
    give_back(out);
}

/* ---- what we say next */

static void redirected(void **state)
{
    sip_str out = SIP_STR("untouched");

    (void)state;
    assert_int_equal(dum__description_redirect(&dum, SIP_STR("hello"), SIP_SDP_SENDONLY, &out),
                     SIP_EINVAL);
    assert_true(sip_str_equal(out, "untouched"));
    assert_int_equal(
        dum__description_redirect(&dum, SIP_STR(HEAD AUDIO VIDEO), SIP_SDP_INACTIVE, &out), 0);
    assert_int_equal(dum__description_direction(&dum, out), SIP_SDP_INACTIVE);
    assert_int_equal(dum__description_streams(out), 2);
    assert_true(holds_text(out, "o=- 7 10 IN IP4 192.0.2.1\r\n"));
    give_back(out);
}

static void answered(void **state)
{
    static const struct {
        const char *last, *offer;
        bool held;
        sip_sdp_direction direction;
    } cases[] = {
        {"", "", false, SIP_SDP_SENDRECV},
        {"", "a=sendonly\r\n", false, SIP_SDP_RECVONLY},
        {"", "a=recvonly\r\n", false, SIP_SDP_SENDONLY},
        {"", "a=inactive\r\n", false, SIP_SDP_INACTIVE},
        {"", "", true, SIP_SDP_SENDONLY},
        {"", "a=sendonly\r\n", true, SIP_SDP_INACTIVE},
        {"", "a=recvonly\r\n", true, SIP_SDP_SENDONLY},
        {"", "a=inactive\r\n", true, SIP_SDP_INACTIVE},
        {"a=recvonly\r\n", "", false, SIP_SDP_SENDRECV},
        {"a=sendonly\r\n", "", true, SIP_SDP_SENDONLY},
    };
    char last[300], offer[300];
    sip_str out;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        snprintf(last, sizeof last, HEAD AUDIO "%s", cases[i].last);
        snprintf(offer, sizeof offer, HEAD AUDIO "%s", cases[i].offer);
        assert_int_equal(
            dum__description_answer(&dum, sip_str_of(last), sip_str_of(offer), cases[i].held, &out),
            0);
        assert_int_equal(dum__description_direction(&dum, out), cases[i].direction);
        /* The version rises exactly when something changes (RFC 3264 8). */
        assert_int_equal(holds_text(out, "o=- 7 9 "), sip_str_equal(out, last));
        give_back(out);
    }
    assert_int_equal(dum__description_answer(&dum, (sip_str){0}, SIP_STR(HEAD AUDIO), false, &out),
                     SIP_EINVAL);
    assert_int_equal(
        dum__description_answer(&dum, SIP_STR(HEAD AUDIO), SIP_STR(HEAD AUDIO VIDEO), false, &out),
        SIP_EINVAL);
}

static void refused(void **state)
{
    sip_str out = SIP_STR("untouched");

    (void)state;
    assert_int_equal(dum__description_refuse(&dum, SIP_STR("hello"), &out), SIP_EINVAL);
    assert_true(sip_str_equal(out, "untouched"));
    assert_int_equal(dum__description_refuse(&dum, SIP_STR(HEAD AUDIO VIDEO), &out), 0);
    assert_true(dum__description_is_sound(&dum, out));
    assert_true(holds_text(out, "\r\nm=audio 0 RTP/AVP 0 8\r\nm=video 0 RTP/AVP 99\r\n"));
    give_back(out);
}

static int redirect(sip_str *out)
{
    return dum__description_redirect(&dum, SIP_STR(HEAD AUDIO), SIP_SDP_INACTIVE, out);
}

static int answer(sip_str *out)
{
    return dum__description_answer(&dum, SIP_STR(HEAD AUDIO), SIP_STR(HEAD AUDIO), true, out);
}

static int refuse(sip_str *out)
{
    return dum__description_refuse(&dum, SIP_STR(HEAD AUDIO), out);
}

static int print_typed(sip_str *out)
{
    static const sip_body_codec codec = {"application/sdp", print_object};

    return dum__description_print(&dum, &(sip_body){.codec = &codec, .object = HEAD}, out);
}

static int print_text(sip_str *out)
{
    static const sip_body text = SIP_BODY_SDP(HEAD);

    return dum__description_print(&dum, &text, out);
}

static void without_memory(void **state)
{
    static int (*const calls[])(sip_str * out) = {redirect, answer, refuse, print_typed,
                                                  print_text};

    (void)state;
    for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++) {
        bool failed;
        size_t n = 0;

        do {
            sip_str out = {0};
            int err;

            fail_alloc_init(&memory, ++n);
            err = calls[i](&out);
            failed = memory.failed;
            assert_true(err == 0 || (failed && err == SIP_ENOMEM && out.ptr == NULL));
            give_back(out);
            assert_int_equal(memory.live, 0);
        } while (failed);
        assert_true(n > 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(streams, set_up, tear_down),
        cmocka_unit_test_setup_teardown(of_a_message, set_up, tear_down),
        cmocka_unit_test_setup_teardown(soundness, set_up, tear_down),
        cmocka_unit_test_setup_teardown(directions, set_up, tear_down),
        cmocka_unit_test_setup_teardown(printed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(redirected, set_up, tear_down),
        cmocka_unit_test_setup_teardown(answered, set_up, tear_down),
        cmocka_unit_test_setup_teardown(refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(without_memory, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
