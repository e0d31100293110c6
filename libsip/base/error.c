#include <sip/base.h>

int sip_error_status(int err)
{
    if (err == 0) {
        return 0;
    }
#define ERROR_STATUS(name, number, status, text)                                                   \
    if (err == (number)) {                                                                         \
        return (status) != 0 ? (status) : 500;                                                     \
    }
    SIP_ERROR_MAP(ERROR_STATUS)
#undef ERROR_STATUS
    return 500;
}

const char *sip_error_text(int err)
{
    if (err == 0) {
        return "no error";
    }
#define ERROR_TEXT(name, number, status, text)                                                     \
    if (err == (number)) {                                                                         \
        return text;                                                                               \
    }
    SIP_ERROR_MAP(ERROR_TEXT)
#undef ERROR_TEXT
    return "unknown error";
}
