/* Looking things up in a description. */
#include <sip/sdp_attribute.h>

const sip_sdp_attribute *sip_sdp_next_attribute(const sip_sdp_attribute *attributes, size_t n,
                                                const char *name, const sip_sdp_attribute *previous)
{
    size_t i = previous != NULL ? (size_t)(previous - attributes) + 1 : 0;

    for (; i < n; i++) {
        if (sip_str_equal(attributes[i].name, name)) {
            return &attributes[i];
        }
    }
    return NULL;
}

const sip_sdp_attribute *sip_sdp_media_attribute(const sip_sdp_media *media, const char *name)
{
    return media == NULL
               ? NULL
               : sip_sdp_next_attribute(media->attributes, media->n_attributes, name, NULL);
}

const sip_sdp_attribute *sip_sdp_find_attribute(const sip_sdp *sdp, const sip_sdp_media *media,
                                                const char *name)
{
    const sip_sdp_attribute *found = sip_sdp_media_attribute(media, name);

    return found != NULL || sdp == NULL
               ? found
               : sip_sdp_next_attribute(sdp->attributes, sdp->n_attributes, name, NULL);
}

const sip_sdp_line *sip_sdp_next_line(const sip_sdp_line *lines, size_t n, char type,
                                      const sip_sdp_line *previous)
{
    size_t i = previous != NULL ? (size_t)(previous - lines) + 1 : 0;

    for (; i < n; i++) {
        if (lines[i].type == type) {
            return &lines[i];
        }
    }
    return NULL;
}

const sip_sdp_media *sip_sdp_find_mid(const sip_sdp *sdp, sip_str mid)
{
    for (size_t i = 0; i < sdp->n_media; i++) {
        const sip_sdp_attribute *own = sip_sdp_media_attribute(&sdp->media[i], "mid");

        if (own != NULL && sip_str_same(sip_str_trim(own->value), mid)) {
            return &sdp->media[i];
        }
    }
    return NULL;
}

bool sip_sdp_has_word(sip_str list, sip_str word)
{
    sip_str own;

    while (sip_sdp_word_next(&list, &own)) {
        if (sip_str_same(own, word)) {
            return true;
        }
    }
    return false;
}
