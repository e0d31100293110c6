#include "support/guard_str.h"

#include <sip/sdp.h>

#include "support/fail_alloc.h"

#define HEAD "v=0\r\no=alice 2890844526 2890844527 IN IP4 host.example.com\r\ns=-\r\n"
#define CONNECTION "c=IN IP4 192.0.2.1\r\n"

static int parse(const char *text, sip_sdp **ret_sdp)
{
    guard_page page;
    const int err = sip_sdp_parse(sip_allocator_default(), guard_str(&page, text), ret_sdp);

    guard_page_finish(&page);
    return err;
}

static sip_sdp *parsed(const char *text)
{
    sip_sdp *sdp = NULL;

    assert_int_equal(parse(text, &sdp), 0);
    return sdp;
}

static void release(sip_sdp *sdp)
{
    sip_free(sip_allocator_default(), sdp);
}

static void test_whole(void **state)
{
    sip_sdp *sdp = parsed(HEAD "i=A call\r\nb=AS:64\r\n" CONNECTION
                               "t=0 0\r\nk=clear:x\r\na=tool:x\r\na=recvonly\r\n"
                               "m=audio 49170/2 RTP/AVP 0 8 101\r\na=rtpmap:0 PCMU/8000\r\n"
                               "a=ptime:20\r\na=sendonly\r\n"
                               "m=video 51372 RTP/AVP 99\r\nc=IN IP4 224.2.1.1/127/3\r\n");
    const sip_sdp_attribute *attribute;

    (void)state;
    assert_str(sdp->origin_user, "alice");
    assert_str(sdp->origin_id, "2890844526");
    assert_str(sdp->origin_version, "2890844527");
    assert_str(sdp->origin_address, "host.example.com");
    assert_str(sdp->session_name, "-");
    assert_str(sdp->connection, "192.0.2.1");
    assert_int_equal(sdp->n_attributes, 2);
    assert_str(sdp->attributes[0].name, "tool");
    assert_str(sdp->attributes[0].value, "x");
    assert_int_equal(sdp->n_media, 2);
    assert_str(sdp->media[0].type, "audio");
    assert_int_equal(sdp->media[0].port, 49170);
    assert_str(sdp->media[0].protocol, "RTP/AVP");
    assert_str(sdp->media[0].formats, "0 8 101");
    assert_str(sdp->media[0].connection, "192.0.2.1");
    assert_int_equal(sdp->media[0].direction, SIP_SDP_SENDONLY);
    assert_int_equal(sdp->media[0].n_attributes, 3);
    assert_str(sdp->media[1].connection, "224.2.1.1");
    assert_int_equal(sdp->media[1].direction, SIP_SDP_RECVONLY);
    assert_int_equal(sdp->media[1].n_attributes, 0);
    attribute = sip_sdp_media_attribute(&sdp->media[0], "rtpmap");
    assert_non_null(attribute);
    assert_str(attribute->value, "0 PCMU/8000");
    assert_null(sip_sdp_media_attribute(&sdp->media[0], "fmtp"));
    assert_null(sip_sdp_media_attribute(NULL, "fmtp"));
    release(sdp);
}

static void test_lone_line_feeds_and_no_last_one(void **state)
{
    sip_sdp *sdp = parsed("v=0\no=- 1 1 IN IP6 ::1\ns= \nc=IN IP6 ::1\n\nm=audio 9 RTP/AVP 0");

    (void)state;
    assert_str(sdp->session_name, " ");
    assert_str(sdp->media[0].connection, "::1");
    assert_int_equal(sdp->media[0].direction, SIP_SDP_SENDRECV);
    release(sdp);
}

/* RFC 3264 8.4: an old way to hold a call. */
static void test_no_reception(void **state)
{
    sip_sdp *sdp = parsed(HEAD "c=IN IP4 0.0.0.0\r\nm=audio 9 RTP/AVP 0\r\n"
                               "m=audio 9 RTP/AVP 0\r\na=recvonly\r\n"
                               "m=audio 9 RTP/AVP 0\r\na=inactive\r\n"
                               "m=audio 9 RTP/AVP 0\r\na=sendonly\r\n");

    (void)state;
    assert_int_equal(sdp->media[0].direction, SIP_SDP_SENDONLY);
    assert_int_equal(sdp->media[1].direction, SIP_SDP_INACTIVE);
    assert_int_equal(sdp->media[2].direction, SIP_SDP_INACTIVE);
    assert_int_equal(sdp->media[3].direction, SIP_SDP_SENDONLY);
    release(sdp);
    sdp = parsed(HEAD "c=IN IP4 0.0.0.0\r\nm=audio 9 RTP/AVP 0\r\nc=IN IP4 192.0.2.1\r\n"
                      "m=audio 9 RTP/AVP 0\r\nc=IN IP6 ::\r\n"
                      "m=audio 9 RTP/AVP 0\r\nc=IN IP6 0:0:0:0:0:0:0:0\r\n"
                      "m=audio 9 RTP/AVP 0\r\nc=IN IP6 ::1\r\n");
    assert_int_equal(sdp->media[0].direction, SIP_SDP_SENDRECV);
    assert_int_equal(sdp->media[1].direction, SIP_SDP_SENDONLY);
    assert_int_equal(sdp->media[2].direction, SIP_SDP_SENDONLY);
    assert_int_equal(sdp->media[3].direction, SIP_SDP_SENDRECV);
    release(sdp);
}

static void test_refused_stream_needs_no_address(void **state)
{
    sip_sdp *sdp = parsed(HEAD "m=audio 0 RTP/AVP 0\r\n");

    (void)state;
    assert_int_equal(sdp->media[0].port, 0);
    assert_int_equal(sdp->media[0].connection.len, 0);
    release(sdp);
}

static void test_bad(void **state)
{
    static const char *const texts[] = {
        "",
        "\r\n",
        "v=1\r\no=- 1 1 IN IP4 h\r\ns=-\r\n",
        "o=- 1 1 IN IP4 h\r\nv=0\r\ns=-\r\n",
        "v=0\r\ns=-\r\n",
        "v=0\r\no=- 1 1 IN IP4\r\ns=-\r\n",
        "v=0\r\no=- x 1 IN IP4 h\r\ns=-\r\n",
        "v=0\r\no=- 1 x IN IP4 h\r\ns=-\r\n",
        "v=0\r\no=- 1 1 IN IP4 h x\r\ns=-\r\n",
        HEAD "o=- 1 1 IN IP4 h\r\n",
        HEAD "nonsense\r\n",
        HEAD "x\r\n",
        HEAD "a=b\rc\r\n",
        HEAD "a=\r\n",
        HEAD "a=:x\r\n",
        HEAD "c=IN IP4\r\n",
        HEAD "c=IN IP4 /127\r\n",
        HEAD "c=IN IP4 192.0.2.1 x\r\n",
        HEAD "m=audio 9 RTP/AVP 0\r\n",
        HEAD CONNECTION "m=audio\r\n",
        HEAD CONNECTION "m=audio 9 RTP/AVP\r\n",
        HEAD CONNECTION "m=audio x RTP/AVP 0\r\n",
        HEAD CONNECTION "m=audio 65536 RTP/AVP 0\r\n",
        HEAD CONNECTION "m=audio 9/ RTP/AVP 0\r\n",
        HEAD CONNECTION "m=audio 9x RTP/AVP 0\r\n",
        HEAD CONNECTION "m=audio 9 RTP/AVP 0\r\ns=late\r\n",
        HEAD CONNECTION "m=audio 9 RTP/AVP 0\r\no=- 1 1 IN IP4 h\r\n",
    };

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        sip_sdp *sdp = NULL;

        if (parse(texts[i], &sdp) != SIP_ESYNTAX) {
            fail_msg("taken: %s", texts[i]);
        }
        assert_null(sdp);
    }
    assert_int_equal(
        sip_sdp_parse(sip_allocator_default(), SIP_STR(HEAD "a=\0b\r\n"), &(sip_sdp *){NULL}),
        SIP_ESYNTAX);
}

static void test_lenient(void **state)
{
    sip_sdp *sdp = parsed("v=0 \nc=IN IP4 192.0.2.1 \no=-  1   1 IN IP4 h\nx=1\nb=what\n"
                          "m=audio 9  RTP/AVP  0 \na=x\ni=late");

    (void)state;
    assert_int_equal(sdp->session_name.len, 0);
    assert_str(sdp->connection, "192.0.2.1");
    assert_str(sdp->media[0].formats, "0");
    assert_int_equal(sdp->n_lines, 5);
    assert_int_equal(sdp->lines[3].type, 'x');
    assert_int_equal(sdp->media[0].n_lines, 3);
    assert_int_equal(sdp->media[0].lines[2].type, 'i');
    release(sdp);
}

#define TIME "t=0 0\r\n"

/* The description of RFC 8866 5. */
#define WHOLE                                                                                      \
    "v=0\r\no=jdoe 3724394400 3724394405 IN IP4 198.51.100.1\r\ns=Call to John Smith\r\n"          \
    "i=SDP Offer #1\r\nu=http://www.jdoe.example.com/home.html\r\n"                                \
    "e=Jane Doe <jane@jdoe.example.com>\r\np=+1 617 555-6011\r\nc=IN IP4 198.51.100.1\r\n"         \
    "t=0 0\r\nm=audio 49170 RTP/AVP 0\r\nm=audio 49180 RTP/AVP 0\r\n"                              \
    "m=video 51372 RTP/AVP 99\r\nc=IN IP6 2001:db8::2\r\na=rtpmap:99 h263-1998/90000\r\n"

static int read_strictly(const char *text, sip_sdp_error *error)
{
    guard_page page;
    sip_sdp *sdp = NULL;
    const int err = sip_sdp_read(NULL, guard_str(&page, text), SIP_SDP_STRICT, &sdp, error);

    guard_page_finish(&page);
    release(sdp);
    return err;
}

static void test_strict(void **state)
{
    static const char *const texts[] = {
        WHOLE,
        HEAD TIME,
        HEAD "i=x\r\nc=IN IP4 224.2.17.12/127/3\r\nb=AS:1\r\nb=X-YZ:128\r\n"
             "t=3034423619 3042462419\r\nr=7d 1h 0 25h\r\nr=604800 3600 0 90000\r\n"
             "z=2882844526 -1h 2898848070 0\r\nt=1 2\r\nk=prompt\r\na=recvonly\r\n"
             "m=audio 49170/2 RTP/AVP 0 1\r\ni=y\r\nc=IN IP6 ff15::101/3\r\nc=IN IP6 ff15::2\r\n"
             "b=AS:2\r\nk=clear:x\r\na=x\r\na=y:z\r\n",
        HEAD TIME "m=audio 1 RTP/AVP 0\r\nc=IN IP4 host.example.com\r\n",
    };

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        sip_sdp_error error = {0};

        if (read_strictly(texts[i], &error) != 0) {
            fail_msg("%zu: line %zu, %s", i, error.line, error.rule);
        }
    }
}

static void test_strict_errors(void **state)
{
    static const struct {
        const char *text;
        size_t line, offset;
        const char *rule;
    } cases[] = {
        {"v=0\no=- 1 1 IN IP4 h\ns=-\nt=0 0\n", 1, 3, "proto-version"},
        {"v=0\r\no=- 1 1 IN IP4 h\ns=-\r\n", 2, 21, "line"},
        {"v=0\r\no=- 1 1 IN IP4 h\r\ns=-\r\nt=0 0", 4, 33, "line"},
        {"v=0\r\n\r\no=- 1 1 IN IP4 h\r\n", 2, 5, "line"},
        {"v=00\r\n", 1, 0, "proto-version"},
        {"v=0\r\ns=-\r\no=- 1 1 IN IP4 h\r\n", 3, 10, "order of lines"},
        {"v=0\r\no=- 1  1 IN IP4 h\r\n", 2, 5, "origin-field"},
        {"v=0\r\no=- 1 1 IN IP4 h\r\ns=\r\n", 3, 23, "session-name-field"},
        {"v=0\r\no=- 1 1 IN IP4 h\r\nt=0 0\r\n", 4, 30, "session-name-field"},
        {"v=0\r\ns=-\r\nt=0 0\r\n", 4, 17, "origin-field"},
        {"v=0\r\no=- 1 1 IN IP4 h\r\ns=-\r\n", 4, 28, "time-field"},
        {"v=0\r\no=- 1 1 IN IP4 h\r\ns=-\r\nx=1\r\n", 4, 28, "order of lines"},
        {"v=0\r\no=- 1 1 IN IP4 h\r\ns=-\r\nr=7d 1h 0\r\n", 4, 28, "order of lines"},
        {"v=0\r\no=- 1 1 IN IP4 h\r\ns=-\r\nb=AS\r\n", 4, 28, "bandwidth-field"},
        {"v=0\r\no=- 1 1 IN IP4 h\r\ns=-\r\nt=0\r\n", 4, 28, "time-field"},
        {"v=0\r\no=- 1 1 IN IP4 h\r\ns=-\r\nt=0 0\r\nr=7d 1h\r\n", 5, 35, "repeat-field"},
        {"v=0\r\no=- 1 1 IN IP4 h\r\ns=-\r\nt=0 0\r\nr=7d 1h 0\r\nz=1\r\n", 6, 46, "zone-field"},
        {"v=0\r\no=- 1 1 IN IP4 h\r\ns=-\r\nt=0 0\r\nr=7d 1h 0\r\nz=\r\n", 6, 46, "zone-field"},
        {"v=0\r\no=- 1 1 IN IP4 h\r\ns=-\r\nt=0 0\r\nz=1 1h\r\n", 5, 35, "order of lines"},
        {"v=0\r\no=- 1 1 IN IP4 h\r\ns=-\r\nt=0 0\r\na=x:\r\n", 5, 35, "attribute-field"},
        {"v=0\r\no=- 1 1 IN IP4 h\r\ns=-\r\nc=IN IP4 224.0.0.1\r\n", 4, 28, "connection-field"},
        {"v=0\r\no=- 1 1 IN IP4 h\r\ns=-\r\nc=IN IP4 192.0.2.1/127\r\n", 4, 28, "connection-field"},
        {"v=0\r\no=- 1 1 IN IP4 h\r\ns=-\r\nc=IN IP4 h/127\r\n", 4, 28, "connection-field"},
        {"v=0\r\no=- 1 1 IN IP4 h\r\ns=-\r\nc=IN IP4\r\n", 4, 28, "connection-field"},
        {"v=0\r\no=- 1 1 IN IP4 h\r\ns=-\r\nt=0 0\r\nm=audio 0 RTP/AVP 0\r\n", 5, 35,
         "connection-field"},
        {HEAD TIME CONNECTION, 5, sizeof HEAD TIME - 1, "order of lines"},
        {"v=0\r\no=- 1 1 IN IP4 h\r\ns=-\r\nt=0 0\r\nm=audio 0 RTP//AVP 0\r\n", 5, 35,
         "media-field"},
        {"v=0\r\no=- 1 1 IN IP4 h\r\ns=-\r\nt=0 0\r\nm=audio 0 RTP/AVP 0;\r\n", 5, 35,
         "media-field"},
        {"v=0\r\no=- 1 1 IN IP4 h\r\ns=-\r\nt=0 0\r\nm=audio 0/0 RTP/AVP 0\r\n", 5, 35,
         "media-field"},
        {"v=0\r\no=- 1 1 IN IP4 h\r\ns=-\r\na=b\rc\r\n", 4, 31, "line"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        sip_sdp_error error = {0};

        if (read_strictly(cases[i].text, &error) != SIP_ESYNTAX || error.line != cases[i].line ||
            strcmp(error.rule, cases[i].rule) != 0 || error.offset != cases[i].offset) {
            fail_msg("%zu: line %zu, offset %zu, %s, %s", i, error.line, error.offset,
                     error.rule != NULL ? error.rule : "taken", cases[i].text);
        }
        assert_non_null(error.section);
    }
}

static void read_both(sip_str text)
{
    for (int rules = SIP_SDP_LENIENT; rules <= SIP_SDP_STRICT; rules++) {
        sip_sdp_error error = {0};
        sip_sdp *sdp = NULL;
        const int err = sip_sdp_read(NULL, text, (sip_sdp_rules)rules, &sdp, &error);

        assert_true(err == 0 || (err == SIP_ESYNTAX && error.line > 0 && error.offset <= text.len &&
                                 error.rule != NULL));
        sip_free(NULL, sdp);
    }
}

/* No prefix and no wrong byte reads beyond the end, and each error has a place. */
static void test_prefixes_and_mutations(void **state)
{
    static const char bytes[] = {'\0', '\r', '\n', ' ', '=', '/', ':', '9', 'm', '\xff'};
    const size_t len = sizeof WHOLE - 1;

    (void)state;
    for (size_t n = 0; n <= len; n++) {
        guard_page page;

        read_both(guard_bytes(&page, WHOLE, n));
        guard_page_finish(&page);
    }
    for (size_t i = 0; i < len; i++) {
        guard_page page;
        const sip_str text = guard_bytes(&page, WHOLE, len);

        for (size_t k = 0; k < sizeof bytes; k++) {
            page.bytes[i] = bytes[k];
            read_both(text);
        }
        guard_page_finish(&page);
    }
}

/* With ICE the address 0.0.0.0 says that it is not known yet (RFC 8840). */
static void test_no_address_yet(void **state)
{
    sip_sdp *sdp = parsed(HEAD "a=ice-ufrag:abcd\r\nc=IN IP4 0.0.0.0\r\nm=audio 9 RTP/AVP 0\r\n");

    (void)state;
    assert_int_equal(sdp->media[0].direction, SIP_SDP_SENDRECV);
    release(sdp);
    /* A bundle says so in its first section alone (RFC 9143); outside of it this is no ICE. */
    sdp = parsed(HEAD "a=group:BUNDLE a v\r\nc=IN IP4 0.0.0.0\r\nt=0 0\r\n"
                      "m=audio 9 RTP/AVP 0\r\na=mid:a\r\na=ice-ufrag:abcd\r\n"
                      "m=video 9 RTP/AVP 31\r\na=mid:v\r\nm=video 9 RTP/AVP 31\r\na=mid:w\r\n");
    assert_int_equal(sdp->media[0].direction, SIP_SDP_SENDRECV);
    assert_int_equal(sdp->media[1].direction, SIP_SDP_SENDRECV);
    assert_int_equal(sdp->media[2].direction, SIP_SDP_SENDONLY);
    release(sdp);
}

static void test_limits(void **state)
{
    static const struct {
        const char *line;
        size_t most;
    } cases[] = {{"m=audio 9 RTP/AVP 0\r\n", 64}, {"a=x\r\n", 1024}};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        for (size_t extra = 0; extra < 2; extra++) {
            const size_t n = cases[i].most + extra;
            const size_t line_len = strlen(cases[i].line);
            const size_t head_len = strlen(HEAD CONNECTION);
            char *text = sip_alloc(sip_allocator_default(), head_len + n * line_len);
            sip_sdp *sdp = NULL;

            assert_non_null(text);
            memcpy(text, HEAD CONNECTION, head_len);
            for (size_t k = 0; k < n; k++) {
                memcpy(text + head_len + k * line_len, cases[i].line, line_len);
            }
            assert_int_equal(sip_sdp_parse(sip_allocator_default(),
                                           (sip_str){text, head_len + n * line_len}, &sdp),
                             extra != 0 ? SIP_ETOOBIG : 0);
            release(sdp);
            sip_free(sip_allocator_default(), text);
        }
    }
}

static void test_no_memory(void **state)
{
    fail_alloc fail;
    sip_sdp *sdp = NULL;

    (void)state;
    fail_alloc_init(&fail, 1);
    assert_int_equal(sip_sdp_parse(&fail.allocator, SIP_STR(HEAD), &sdp), SIP_ENOMEM);
    assert_null(sdp);
    assert_int_equal(sip_sdp_parse(&fail.allocator, SIP_STR(HEAD "c=\r\n"), &sdp), SIP_ESYNTAX);
    assert_int_equal(fail.live, 0);
    assert_int_equal(sip_sdp_parse(&fail.allocator, SIP_STR(HEAD), &sdp), 0);
    sip_free(&fail.allocator, sdp);
    assert_int_equal(fail.live, 0);
}

static void test_mirror(void **state)
{
    (void)state;
    assert_int_equal(sip_sdp_mirror(SIP_SDP_SENDONLY), SIP_SDP_RECVONLY);
    assert_int_equal(sip_sdp_mirror(SIP_SDP_RECVONLY), SIP_SDP_SENDONLY);
    assert_int_equal(sip_sdp_mirror(SIP_SDP_SENDRECV), SIP_SDP_SENDRECV);
    assert_int_equal(sip_sdp_mirror(SIP_SDP_INACTIVE), SIP_SDP_INACTIVE);
    assert_int_equal(sip_sdp_common_direction(SIP_SDP_SENDONLY, SIP_SDP_RECVONLY),
                     SIP_SDP_INACTIVE);
    assert_int_equal(sip_sdp_common_direction(SIP_SDP_SENDRECV, SIP_SDP_RECVONLY),
                     SIP_SDP_RECVONLY);
    assert_int_equal(sip_sdp_held_direction(SIP_SDP_SENDRECV), SIP_SDP_SENDONLY);
    assert_int_equal(sip_sdp_held_direction(SIP_SDP_RECVONLY), SIP_SDP_INACTIVE);
    assert_string_equal(sip_sdp_direction_name(SIP_SDP_SENDRECV), "sendrecv");
    assert_string_equal(sip_sdp_direction_name(SIP_SDP_SENDONLY), "sendonly");
    assert_string_equal(sip_sdp_direction_name(SIP_SDP_RECVONLY), "recvonly");
    assert_string_equal(sip_sdp_direction_name(SIP_SDP_INACTIVE), "inactive");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whole),
        cmocka_unit_test(test_lone_line_feeds_and_no_last_one),
        cmocka_unit_test(test_no_reception),
        cmocka_unit_test(test_refused_stream_needs_no_address),
        cmocka_unit_test(test_bad),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_no_memory),
        cmocka_unit_test(test_mirror),
        cmocka_unit_test(test_lenient),
        cmocka_unit_test(test_strict),
        cmocka_unit_test(test_strict_errors),
        cmocka_unit_test(test_prefixes_and_mutations),
        cmocka_unit_test(test_no_address_yet),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
