#include "body_check.h"

#include <sip/multipart.h>

#define ALL                                                                                        \
    "--a\r\nContent-ID: <one@h>\r\n\r\n1\r\n"                                                      \
    "--a\r\nContent-Type: multipart/mixed;boundary=b\r\n\r\n"                                      \
    "--b\r\nContent-ID: <t%o@h>\r\nContent-Type: Application/SDP;x=y\r\n\r\n2\r\n--b--\r\n"        \
    "--a\r\nContent-Type: x/y\r\n\r\n3\r\n--a--\r\n"

static sip_multipart *read_all(const char *type)
{
    return body_check_read(&sip_multipart_mixed_type, type, SIP_STR(ALL));
}

static void test_by_id(void **state)
{
    sip_multipart *all = read_all("multipart/mixed;boundary=a");

    (void)state;
    assert_str(sip_multipart_find(all, SIP_STR("one@h"))->body.data, "1");
    assert_str(sip_multipart_find(all, SIP_STR("<one@h>"))->body.data, "1");
    assert_str(sip_multipart_find(all, SIP_STR("cid:one@h"))->body.data, "1");
    assert_str(sip_multipart_find(all, SIP_STR("CID:one%40h"))->body.data, "1");
    assert_str(sip_multipart_find(all, SIP_STR("cid:t%25o@h"))->body.data, "2");
    assert_str(sip_multipart_find(all, SIP_STR("t%o@h"))->body.data, "2");
    assert_str(sip_multipart_find(all, SIP_STR("cid:t%o@h"))->body.data, "2");
    assert_null(sip_multipart_find(all, SIP_STR("cid:one@")));
    assert_null(sip_multipart_find(all, SIP_STR("cid:one@hh")));
    assert_null(sip_multipart_find(all, SIP_STR("cid:")));
    assert_null(sip_multipart_find(all, SIP_STR("")));
    assert_null(sip_multipart_find(NULL, SIP_STR("one@h")));
    sip_multipart_free(NULL, all);
}

static void test_by_type(void **state)
{
    static const sip_body_type *const sdp_only[] = {&sip_sdp_type, &sip_text_type, NULL};
    const sip_body_registry registry = {.types = sdp_only};
    const sip_body_registry nothing = {.types = NULL};
    sip_multipart *all = read_all("multipart/alternative;boundary=a");

    (void)state;
    assert_str(sip_multipart_find_type(all, &sip_sdp_type)->body.data, "2");
    assert_str(sip_multipart_find_type(all, &sip_text_type)->body.data, "1");
    assert_null(sip_multipart_find_type(all, &sip_cpim_type));
    assert_ptr_equal(sip_multipart_choose(all, &registry), &all->parts[0]);
    assert_ptr_equal(sip_multipart_choose(all, NULL), &all->parts[1]);
    assert_null(sip_multipart_choose(all, &nothing));
    assert_null(sip_multipart_choose(NULL, NULL));
    sip_multipart_free(NULL, all);
}

static void test_root(void **state)
{
    sip_multipart *all = read_all("multipart/related;boundary=a");

    (void)state;
    assert_ptr_equal(sip_multipart_root(all), &all->parts[0]);
    sip_multipart_free(NULL, all);
    all = read_all("multipart/related;start=\"<t%o@h>\";boundary=a");
    assert_str(sip_multipart_root(all)->body.data, "2");
    sip_multipart_free(NULL, all);
    all = read_all("multipart/related;start=\"<none@h>\";boundary=a");
    assert_null(sip_multipart_root(all));
    assert_null(sip_multipart_root(NULL));
    sip_multipart_free(NULL, all);
}

/* RFC 3261 23.4.3, shortened; the data of the signature is not one. */
#define SIGNED_TYPE                                                                                \
    "multipart/signed;protocol=\"application/pkcs7-signature\";micalg=sha1; boundary=boundary42"
#define SIGNED                                                                                     \
    "--boundary42\r\n"                                                                             \
    "Content-Type: message/sip\r\n"                                                                \
    "\r\n"                                                                                         \
    "INVITE sip:bob@biloxi.com SIP/2.0\r\n"                                                        \
    "Call-ID: a84b4c76e66710\r\n"                                                                  \
    "\r\n"                                                                                         \
    "\r\n"                                                                                         \
    "--boundary42\r\n"                                                                             \
    "Content-Type: application/pkcs7-signature; name=smime.p7s\r\n"                                \
    "Content-Transfer-Encoding: base64\r\n"                                                        \
    "Content-Disposition: attachment; filename=smime.p7s;\r\n"                                     \
    "   handling=required\r\n"                                                                     \
    "\r\n"                                                                                         \
    "ghyHhHUujhJhjH77n8HHGTrfvbnj756tbB9HG4VQpfyF467GhIGfHfYT6\r\n"                                \
    "4VQpfyF467GhIGfHfYT6jH77n8HHGghyHhHUujhJh756tbB9HGTrfvbnjA==\r\n"                             \
    "--boundary42--"

static void test_signed(void **state)
{
    sip_multipart *all = body_check_read(&sip_multipart_signed_type, SIGNED_TYPE, SIP_STR(SIGNED));
    sip_multipart_signature signature;

    (void)state;
    assert_int_equal(sip_multipart_signed(all, &signature), 0);
    assert_str(signature.content->text, "Content-Type: message/sip\r\n\r\n"
                                        "INVITE sip:bob@biloxi.com SIP/2.0\r\n"
                                        "Call-ID: a84b4c76e66710\r\n\r\n");
    assert_str(signature.protocol, "application/pkcs7-signature");
    assert_str(signature.micalg, "sha1");
    assert_str(signature.signature->body.disposition,
               "attachment; filename=smime.p7s; handling=required");
    assert_ptr_equal(signature.signature, &all->parts[1]);
    assert_int_equal(sip_multipart_signed(NULL, &signature), SIP_EINVAL);
    assert_int_equal(sip_multipart_signed(all, NULL), SIP_EINVAL);
    sip_multipart_free(NULL, all);
}

static void assert_not_signed(const char *type, const char *text)
{
    sip_multipart *all = body_check_read(&sip_multipart_signed_type, type, sip_str_of(text));
    sip_multipart_signature signature;

    assert_int_equal(sip_multipart_signed(all, &signature), SIP_ESYNTAX);
    sip_multipart_free(NULL, all);
}

static void test_not_signed(void **state)
{
    (void)state;
    assert_not_signed("multipart/mixed;protocol=\"a/b\";boundary=x",
                      "--x\r\n\r\n--x\r\nContent-Type: a/b\r\n\r\n--x--");
    assert_not_signed("multipart/signed;protocol=\"a/b\";boundary=x",
                      "--x\r\n\r\n--x\r\nContent-Type: a/b\r\n\r\n");
    assert_not_signed("multipart/signed;protocol=\"a/b\";boundary=x",
                      "--x\r\n\r\n--x\r\nContent-Type: a/c\r\n\r\n--x--");
    assert_not_signed("multipart/signed;protocol=\"a/b\";boundary=x",
                      "--x\r\n\r\n--x\r\nContent-Type: a\r\n\r\n--x--");
    assert_not_signed("multipart/signed;protocol=\"a/b\";boundary=x",
                      "--x\r\nContent-Type: a/b\r\n\r\n--x--");
}

/* Parts that are counted and not there. */
static void test_no_parts(void **state)
{
    const sip_multipart multipart = {.subtype = SIP_STR_INIT("signed"),
                                     .boundary = SIP_STR_INIT("b"),
                                     .n_parts = 2,
                                     .is_closed = true};
    sip_multipart_signature signature;

    (void)state;
    assert_null(sip_multipart_find(&multipart, SIP_STR("a")));
    assert_null(sip_multipart_find_type(&multipart, &sip_sdp_type));
    assert_null(sip_multipart_root(&multipart));
    assert_null(sip_multipart_choose(&multipart, NULL));
    assert_int_equal(sip_multipart_signed(&multipart, &signature), SIP_ESYNTAX);
    assert_int_equal(sip_multipart_print(&multipart, NULL, 0), SIP_EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_by_id),    cmocka_unit_test(test_by_type),
        cmocka_unit_test(test_root),     cmocka_unit_test(test_signed),
        cmocka_unit_test(test_no_parts), cmocka_unit_test(test_not_signed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
