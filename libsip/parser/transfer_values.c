/* Headers of REFER. */
#include "parser/type_table.h"

static const sip_field refer_to_fields[] = {
    SIP_HEAD(ADDRESS, 0, sip_refer_to, address),
};
static const sip_shape refer_to_shape =
    SIP_SHAPE(refer_to_fields, ';', sip_refer_to, address.params);

SIP__TYPE(refer_to, "Refer-To", 'r', false, "RFC 3515 2.1", sip_refer_to, &refer_to_shape);

static const sip_field referred_by_fields[] = {
    SIP_HEAD(ADDRESS, 0, sip_referred_by, address),
    SIP_PARAM("cid", QUOTED, sip_referred_by, cid),
};
static const sip_shape referred_by_shape =
    SIP_SHAPE(referred_by_fields, ';', sip_referred_by, address.params);

SIP__TYPE(referred_by, "Referred-By", 'b', false, "RFC 3892 3", sip_referred_by,
          &referred_by_shape);

static const char *const truths[] = {"true", "false", NULL};

static const sip_field refer_sub_fields[] = {
    SIP_HEAD_CHOICE(CHOICE, 0, sip_refer_sub, text, truth, truths),
};
static const sip_shape refer_sub_shape = SIP_SHAPE(refer_sub_fields, ';', sip_refer_sub, params);

SIP__TYPE(refer_sub, "Refer-Sub", 0, false, "RFC 4488", sip_refer_sub, &refer_sub_shape);
