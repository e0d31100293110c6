#include "body_check.h"

#include "body/body_box.h"
#include "body/part.h"

static int read_part(sip_part **ret_part, sip__arena **ret_arena, const char *text)
{
    /* The part dies with the box that it is the object of. */
    sip_part *part = sip__body_box_create(NULL, sizeof(*part));

    assert_non_null(part);
    part->text = sip_str_of(text);
    *ret_part = part;
    *ret_arena = sip__body_box_arena(part);
    return sip__part_read(*ret_arena, NULL, part);
}

static void test_headers(void **state)
{
    sip__arena *arena;
    sip_part *part;

    (void)state;
    assert_int_equal(read_part(&part, &arena,
                               "content-type: a/b;\r\n c=d\r\nX: y\r\nContent-Type: e/f\r\n"
                               "Content-ID: bare\r\nContent-Disposition: render\r\n"
                               "content-transfer-encoding: 8BIT\r\nX: z\r\n\r\ndata"),
                     0);
    assert_str(part->body.type, "a/b; c=d");
    assert_str(part->body.disposition, "render");
    assert_str(part->id, "bare");
    assert_int_equal(part->encoding, SIP_TRANSFER_NONE);
    assert_string_equal(part->body.headers[0].value, "y");
    assert_string_equal(part->body.headers[1].value, "z");
    assert_string_equal(part->body.headers[2].name, "Content-Transfer-Encoding");
    assert_string_equal(part->body.headers[2].value, "8BIT");
    assert_null(part->body.headers[3].name);
    assert_str(part->body.data, "data");
    sip__body_box_free(NULL, part);
}

static void assert_decoded(const char *text, sip_transfer_encoding encoding, const char *data)
{
    sip__arena *arena;
    sip_part *part;

    assert_int_equal(read_part(&part, &arena, text), 0);
    assert_int_equal(part->encoding, encoding);
    assert_str(part->body.data, data);
    assert_int_equal(part->body.headers != NULL, encoding == SIP_TRANSFER_OTHER);
    sip__body_box_free(NULL, part);
}

static void test_encodings(void **state)
{
    (void)state;
    assert_decoded("Content-Transfer-Encoding: BASE64\r\n\r\naGk=", SIP_TRANSFER_BASE64, "hi");
    assert_decoded("Content-Transfer-Encoding: quoted-printable\r\n\r\n=68i",
                   SIP_TRANSFER_QUOTED_PRINTABLE, "hi");
    assert_decoded("Content-Transfer-Encoding: base64\r\n\r\naGk", SIP_TRANSFER_OTHER, "aGk");
    assert_decoded("Content-Transfer-Encoding: x-own\r\n\r\naGk", SIP_TRANSFER_OTHER, "aGk");
}

static void test_odd(void **state)
{
    sip__arena *arena;
    sip_part *part;

    (void)state;
    assert_int_equal(read_part(&part, &arena, ""), 0);
    assert_int_equal(part->body.data.len, 0);
    sip__body_box_free(NULL, part);
    assert_int_equal(read_part(&part, &arena, "Content-Type: a/b"), 0);
    assert_str(part->body.type, "a/b");
    assert_int_equal(part->body.data.len, 0);
    sip__body_box_free(NULL, part);
    assert_int_equal(read_part(&part, &arena, "x\r\n"), SIP_ESYNTAX);
    sip__body_box_free(NULL, part);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_headers),
        cmocka_unit_test(test_encodings),
        cmocka_unit_test(test_odd),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
