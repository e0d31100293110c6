#include "support/guard_str.h"

#include <stdio.h>

#include <sip/sdp_attribute.h>

static void test_crypto(void **state)
{
    static const char *const bad[] = {"",
                                      "1",
                                      "x S inline:k",
                                      "1 S",
                                      "1 S inline",
                                      "1 S :k",
                                      "1 S inline:",
                                      "1 S inline:k|2^20|x",
                                      "1 S inline:k|2^20|1:0",
                                      "1 S inline:k|x:4",
                                      "1 S inline:k;",
                                      "1234567890 S inline:k"};
    sip_sdp_crypto c;
    sip_sdp_crypto_key key;

    (void)state;
    assert_int_equal(
        sip_sdp_crypto_parse(
            SIP_STR("2 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19z|2^20|1:4;inline:QUJj|2:4 "
                    "FEC_ORDER=FEC_SRTP UNENCRYPTED_SRTCP"),
            &c),
        0);
    assert_int_equal(c.tag, 2);
    assert_str(c.suite, "AES_CM_128_HMAC_SHA1_80");
    assert_str(c.parameters, "FEC_ORDER=FEC_SRTP UNENCRYPTED_SRTCP");
    assert_int_equal(sip_sdp_crypto_key_next(&c.keys, &key), 1);
    assert_str(key.method, "inline");
    assert_str(key.key_salt, "WVNfX19z");
    assert_str(key.lifetime, "2^20");
    assert_str(key.mki, "1");
    assert_int_equal(key.mki_bytes, 4);
    assert_int_equal(sip_sdp_crypto_key_next(&c.keys, &key), 1);
    assert_int_equal(key.lifetime.len, 0);
    assert_str(key.mki, "2");
    assert_int_equal(sip_sdp_crypto_key_next(&c.keys, &key), 0);
    assert_int_equal(sip_sdp_crypto_parse(SIP_STR("1 S inline:k|2^31"), &c), 0);
    assert_int_equal(sip_sdp_crypto_key_next(&c.keys, &key), 1);
    assert_str(key.lifetime, "2^31");
    for (size_t i = 0; i < sizeof bad / sizeof bad[0] - 2; i++) {
        assert_int_equal(sip_sdp_crypto_parse(sip_str_of(bad[i]), &c), SIP_ESYNTAX);
    }
    assert_int_equal(sip_sdp_crypto_parse(sip_str_of(bad[11]), &c), SIP_ESYNTAX);
}

static void test_fingerprint_and_setup(void **state)
{
    sip_sdp_setup setup;
    sip_str hash, bytes;
    bool existing;

    (void)state;
    assert_int_equal(sip_sdp_fingerprint_parse(SIP_STR("SHA-1 4A:AD:b9"), &hash, &bytes), 0);
    assert_str(hash, "SHA-1");
    assert_str(bytes, "4A:AD:b9");
    assert_int_equal(sip_sdp_fingerprint_parse(SIP_STR("SHA-1 4A:AD:"), &hash, &bytes),
                     SIP_ESYNTAX);
    assert_int_equal(sip_sdp_fingerprint_parse(SIP_STR("SHA-1 4AAAD"), &hash, &bytes), SIP_ESYNTAX);
    assert_int_equal(sip_sdp_fingerprint_parse(SIP_STR("SHA-1 4G"), &hash, &bytes), SIP_ESYNTAX);
    assert_int_equal(sip_sdp_fingerprint_parse(SIP_STR("SHA-1"), &hash, &bytes), SIP_ESYNTAX);
    for (int i = SIP_SDP_ACTPASS; i <= SIP_SDP_HOLDCONN; i++) {
        assert_int_equal(
            sip_sdp_setup_parse(sip_str_of(sip_sdp_setup_name((sip_sdp_setup)i)), &setup), 0);
        assert_int_equal(setup, i);
    }
    assert_int_equal(sip_sdp_setup_parse(SIP_STR("both"), &setup), SIP_ESYNTAX);
    assert_int_equal(sip_sdp_reuse_parse(SIP_STR("existing"), &existing), 0);
    assert_true(existing);
    assert_int_equal(sip_sdp_reuse_parse(SIP_STR("new"), &existing), 0);
    assert_false(existing);
    assert_int_equal(sip_sdp_reuse_parse(SIP_STR("old"), &existing), SIP_ESYNTAX);
}

static void test_candidate(void **state)
{
    static const char *const bad[] = {"",
                                      "1 0 UDP 1 h 1 typ host",
                                      "1 1 UDP x h 1 typ host",
                                      "1 1 UDP 1 h 65536 typ host",
                                      "1 1 UDP 1 h 1 type host",
                                      "1 1 UDP 1 h 1 typ",
                                      "1 1 UDP 1 h 1 typ srflx raddr",
                                      "1 1 UDP 1 h 1 typ srflx raddr a rport",
                                      "1 1 UDP 1 h 1 typ host generation",
                                      "123456789012345678901234567890123 1 UDP 1 h 1 typ host"};
    sip_sdp_candidate c;

    (void)state;
    assert_int_equal(sip_sdp_candidate_parse(SIP_STR("2 1 UDP 1694498815 192.0.2.3 45664 typ srflx "
                                                     "raddr 203.0.113.141 rport 8998 generation 0"),
                                             &c),
                     0);
    assert_str(c.foundation, "2");
    assert_int_equal(c.component, 1);
    assert_int_equal(c.priority, 1694498815);
    assert_str(c.address, "192.0.2.3");
    assert_int_equal(c.port, 45664);
    assert_str(c.type, "srflx");
    assert_str(c.related_address, "203.0.113.141");
    assert_int_equal(c.related_port, 8998);
    assert_str(c.extensions, "generation 0");
    assert_int_equal(
        sip_sdp_candidate_parse(SIP_STR("1 1 tcp 5 ::1 9 typ host tcptype active"), &c), 0);
    assert_str(c.extensions, "tcptype active");
    assert_int_equal(c.related_address.len, 0);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        guard_page page;

        assert_int_equal(sip_sdp_candidate_parse(guard_str(&page, bad[i]), &c), SIP_ESYNTAX);
        guard_page_finish(&page);
    }
}

static int credentials(const char *lines, sip_str *ufrag, sip_str *password, sip_sdp **ret_sdp)
{
    char text[300];

    snprintf(text, sizeof text, "v=0\no=- 1 1 IN IP4 h\ns=-\nc=IN IP4 h\n%s", lines);
    assert_int_equal(sip_sdp_parse(NULL, sip_str_of(text), ret_sdp), 0);
    return sip_sdp_ice_credentials(*ret_sdp, (*ret_sdp)->n_media > 0 ? &(*ret_sdp)->media[0] : NULL,
                                   ufrag, password);
}

/* Sections of a bundle have the credentials of its first one (RFC 9143). */
static void test_ice_in_a_bundle(void **state)
{
    sip_str ufrag, password;
    sip_sdp *sdp = NULL;

    (void)state;
    assert_int_equal(
        sip_sdp_parse(NULL,
                      SIP_STR("v=0\no=- 1 1 IN IP4 h\ns=-\nc=IN IP4 h\na=group:BUNDLE a v\n"
                              "m=audio 9 RTP/AVP 0\na=mid:a\na=ice-ufrag:8hhY\n"
                              "a=ice-pwd:asd88fgpdd777uzjYhagZg\nm=video 9 RTP/AVP 31\na=mid:v\n"
                              "m=video 9 RTP/AVP 31\na=mid:w\n"),
                      &sdp),
        0);
    assert_int_equal(sip_sdp_ice_credentials(sdp, &sdp->media[1], &ufrag, &password), 0);
    assert_str(ufrag, "8hhY");
    assert_str(password, "asd88fgpdd777uzjYhagZg");
    assert_int_equal(sip_sdp_ice_credentials(sdp, &sdp->media[2], &ufrag, &password), SIP_ENOENT);
    sip_free(NULL, sdp);
}

static void test_ice(void **state)
{
    sip_str ufrag, password;
    sip_sdp *sdp;

    (void)state;
    assert_int_equal(credentials("a=ice-ufrag:8hhY\na=ice-pwd:asd88fgpdd777uzjYhagZg\n"
                                 "m=audio 9 RTP/AVP 0\na=ice-ufrag:9uB6\n",
                                 &ufrag, &password, &sdp),
                     0);
    assert_str(ufrag, "9uB6");
    assert_str(password, "asd88fgpdd777uzjYhagZg");
    sip_free(NULL, sdp);
    assert_int_equal(credentials("a=ice-ufrag:8hhY\n", &ufrag, &password, &sdp), SIP_ENOENT);
    sip_free(NULL, sdp);
    assert_int_equal(
        credentials("a=ice-ufrag:8hh\na=ice-pwd:asd88fgpdd777uzjYhagZg\n", &ufrag, &password, &sdp),
        SIP_ESYNTAX);
    sip_free(NULL, sdp);
    assert_int_equal(credentials("a=ice-ufrag:8hhY\na=ice-pwd:asd88fgpdd777uzjYhag_g\n", &ufrag,
                                 &password, &sdp),
                     SIP_ESYNTAX);
    sip_free(NULL, sdp);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_crypto),          cmocka_unit_test(test_fingerprint_and_setup),
        cmocka_unit_test(test_candidate),       cmocka_unit_test(test_ice),
        cmocka_unit_test(test_ice_in_a_bundle),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
