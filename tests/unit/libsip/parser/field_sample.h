/* A value with a member of each kind of field. */
#ifndef FIELD_SAMPLE_H
#define FIELD_SAMPLE_H

#include "parser/field.h"

struct sample {
    sip_str text;
    uint32_t number;
    uint16_t small;
    uint64_t us;
    int64_t date;
    sip_method method;
    sip_switch state;
    sip_address address;
    sip_via via;
    uint8_t index;
    bool has;
};

static const char *const sample_choices[] = {"one", "two", NULL};

#endif
