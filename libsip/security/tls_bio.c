#include "security/tls_bio.h"

#include <string.h>

static int bio_read(BIO *bio, char *out, int size)
{
    sip__tls_wire *wire = BIO_get_data(bio);
    size_t len = size > 0 ? (size_t)size : 0;

    BIO_clear_retry_flags(bio);
    if (len > wire->in.len) {
        len = wire->in.len;
    }
    if (len == 0) {
        BIO_set_retry_read(bio);
        return -1;
    }
    memcpy(out, wire->in.ptr, len);
    wire->in.ptr += len;
    wire->in.len -= len;
    return (int)len;
}

static int bio_write(BIO *bio, const char *bytes, int len)
{
    sip__tls_wire *wire = BIO_get_data(bio);

    BIO_clear_retry_flags(bio);
    if (wire->write_err == 0 && len > 0) {
        wire->write_err = wire->write((sip_str){bytes, (size_t)len}, wire->arg);
    }
    return wire->write_err == 0 ? len : -1;
}

static long bio_ctrl(BIO *bio, int command, long number, void *arg)
{
    (void)bio;
    (void)number;
    (void)arg;
    return command == BIO_CTRL_FLUSH ? 1 : 0;
}

BIO_METHOD *sip__tls_bio_method_new(void)
{
    BIO_METHOD *method = BIO_meth_new(BIO_TYPE_SOURCE_SINK, "sip");

    if (method &&
        (BIO_meth_set_read(method, bio_read) != 1 || BIO_meth_set_write(method, bio_write) != 1 ||
         BIO_meth_set_ctrl(method, bio_ctrl) != 1)) {
        BIO_meth_free(method);
        return NULL;
    }
    return method;
}

BIO *sip__tls_bio_new(const BIO_METHOD *method, sip__tls_wire *wire)
{
    BIO *bio = BIO_new(method);

    if (bio) {
        BIO_set_data(bio, wire);
        BIO_set_init(bio, 1);
    }
    return bio;
}
