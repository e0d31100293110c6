#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "phone/phone_sdp.h"

static const sip_addr ip4 = {.family = SIP_FAMILY_IP4, .ip = {192, 0, 2, 7}, .port = 5060};
static const sip_addr ip6 = {.family = SIP_FAMILY_IP6, .ip = {0x20, 1, 0xd, 0xb8, [15] = 9}};

static sip_sdp *parse(const char *text, int len)
{
    sip_sdp *sdp = NULL;

    assert_true(len > 0);
    assert_int_equal(sip_sdp_parse(NULL, (sip_str){text, (size_t)len}, &sdp), 0);
    return sdp;
}

static void drop(sip_sdp *sdp)
{
    sip_free(sip_allocator_default(), sdp);
}

static void an_offer_is_one_audio_stream(void **state)
{
    char text[DESCRIPTION_BYTES];
    sip_sdp *sdp = parse(text, description_offer(&ip4, 42, text));

    (void)state;
    assert_true(sip_str_equal(sdp->origin_version, "42"));
    assert_true(sip_str_equal(sdp->connection, "192.0.2.7"));
    assert_int_equal(sdp->n_media, 1);
    assert_true(sip_str_equal(sdp->media[0].type, "audio"));
    assert_true(sip_str_equal(sdp->media[0].formats, "0 8"));
    assert_int_equal(sdp->media[0].direction, SIP_SDP_SENDRECV);
    drop(sdp);
}

static void ip6_stands_without_brackets(void **state)
{
    char text[DESCRIPTION_BYTES];
    int len = description_offer(&ip6, 1, text);

    (void)state;
    assert_true(len > 0);
    assert_non_null(strstr(text, "c=IN IP6 2001:db8::9\r\n"));
}

static int answer(const char *offer, char text[DESCRIPTION_BYTES], sip_sdp_direction *offered)
{
    return description_answer(sip_str_of(offer), &ip4, 1, text, offered);
}

#define HEAD "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n"

static void the_answer_has_a_line_for_each_stream(void **state)
{
    char text[DESCRIPTION_BYTES];
    sip_sdp_direction offered;
    sip_sdp *sdp =
        parse(text, answer(HEAD "m=video 5000 RTP/AVP 31\r\n"
                                "m=audio 5002 RTP/AVP 96 8\r\na=rtpmap:96 opus/48000/2\r\n"
                                "m=audio 5004 RTP/AVP 0\r\n",
                           text, &offered));

    (void)state;
    assert_int_equal(sdp->n_media, 3);
    assert_int_equal(sdp->media[0].port, 0);
    assert_int_not_equal(sdp->media[1].port, 0);
    assert_true(sip_str_equal(sdp->media[1].formats, "8"));
    assert_int_equal(sdp->media[2].port, 0);
    drop(sdp);
}

static void directions_are_mirrored(void **state)
{
    static const struct {
        const char *line;
        sip_sdp_direction offered, answered;
    } cases[] = {
        {"a=sendrecv\r\n", SIP_SDP_SENDRECV, SIP_SDP_SENDRECV},
        {"a=sendonly\r\n", SIP_SDP_SENDONLY, SIP_SDP_RECVONLY},
        {"a=recvonly\r\n", SIP_SDP_RECVONLY, SIP_SDP_SENDONLY},
        {"a=inactive\r\n", SIP_SDP_INACTIVE, SIP_SDP_INACTIVE},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char offer[512], text[DESCRIPTION_BYTES];
        sip_sdp_direction offered;
        sip_sdp *sdp;

        snprintf(offer, sizeof offer, "%s%s", HEAD "m=audio 5002 RTP/AVP 0\r\n", cases[i].line);
        sdp = parse(text, answer(offer, text, &offered));
        assert_int_equal(offered, cases[i].offered);
        assert_int_equal(sdp->media[0].direction, cases[i].answered);
        drop(sdp);
    }
}

static void what_cannot_be_taken_is_refused(void **state)
{
    char text[DESCRIPTION_BYTES];
    sip_sdp_direction offered;

    (void)state;
    assert_int_equal(answer(HEAD "m=video 5000 RTP/AVP 31\r\n", text, &offered), SIP_EUNSUPPORTED);
    assert_int_equal(answer(HEAD "m=audio 5000 RTP/SAVP 0\r\n", text, &offered), SIP_EUNSUPPORTED);
    assert_int_equal(answer(HEAD "m=audio 5000 RTP/AVP 18 108\r\n", text, &offered),
                     SIP_EUNSUPPORTED);
    assert_int_equal(answer("nonsense", text, &offered), SIP_ESYNTAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_offer_is_one_audio_stream),
        cmocka_unit_test(ip6_stands_without_brackets),
        cmocka_unit_test(the_answer_has_a_line_for_each_stream),
        cmocka_unit_test(directions_are_mirrored),
        cmocka_unit_test(what_cannot_be_taken_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
