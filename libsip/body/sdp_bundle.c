/* Groups of sections, and what sections of one bundle have in common (RFC 5888, RFC 9143). */
#include "body/sdp_bundle.h"

/* No group that makes sense is longer, and each look into it goes through it. */
#define MAX_GROUP (64 * 65)

sip_str sip__group_of(const sip_sdp *sdp, const char *semantics)
{
    const sip_sdp_attribute *at = NULL;
    sip_sdp_group group;

    while ((at = sip_sdp_next_attribute(sdp->attributes, sdp->n_attributes, "group", at)) != NULL) {
        if (sip_sdp_group_parse(at->value, &group) == 0 &&
            sip_str_equal(group.semantics, semantics)) {
            return group.members.len <= MAX_GROUP ? group.members : (sip_str){NULL, 0};
        }
    }
    return (sip_str){NULL, 0};
}

sip_str sip__mid_of(const sip_sdp_media *media)
{
    const sip_sdp_attribute *mid = sip_sdp_media_attribute(media, "mid");

    return mid != NULL ? sip_str_trim(mid->value) : (sip_str){NULL, 0};
}

bool sip__is_bundle_only(const sip_sdp *sdp, const sip_sdp_media *media)
{
    const sip_str mid = sip__mid_of(media);

    return media->port == 0 && mid.len > 0 &&
           sip_sdp_media_attribute(media, "bundle-only") != NULL &&
           sip_sdp_has_word(sip__group_of(sdp, "BUNDLE"), mid);
}

const sip_sdp_media *sip__first_of_bundle(const sip_sdp *sdp, const sip_sdp_media *media)
{
    sip_str members = sip__group_of(sdp, "BUNDLE");
    const sip_str mid = sip__mid_of(media);
    const sip_sdp_media *first;
    sip_str word;

    if (mid.len == 0 || !sip_sdp_has_word(members, mid) || !sip_sdp_word_next(&members, &word)) {
        return media;
    }
    first = sip_sdp_find_mid(sdp, word);
    return first != NULL ? first : media;
}

const sip_sdp_media *sip__path_section(const sip_sdp *sdp, const sip_sdp_media *media,
                                       const char *name)
{
    return sip_sdp_media_attribute(media, name) != NULL ? media : sip__first_of_bundle(sdp, media);
}

const sip_sdp_attribute *sip__path_attribute(const sip_sdp *sdp, const sip_sdp_media *media,
                                             const char *name)
{
    return sip_sdp_find_attribute(sdp, sip__path_section(sdp, media, name), name);
}
