# A package of Debian: cpack --config build/release/CPackConfig.cmake
# Everything lies below /opt/vpaas, but the units and one link in the PATH;
# what the programs are linked with becomes Depends.
install(DIRECTORY deploy/config DESTINATION deploy COMPONENT package
        EXCLUDE_FROM_ALL)
install(FILES deploy/systemd/vpaas@.service DESTINATION /usr/lib/systemd/system
        COMPONENT package EXCLUDE_FROM_ALL)
install(FILES LICENSE DESTINATION /usr/share/doc/vpaas RENAME copyright
        COMPONENT package EXCLUDE_FROM_ALL)
install(CODE "
  set(link \"\$ENV{DESTDIR}/usr/bin/vpaas\")
  file(MAKE_DIRECTORY \"\$ENV{DESTDIR}/usr/bin\")
  file(CREATE_LINK /opt/vpaas/bin/vpaas \"\${link}\" SYMBOLIC)"
        COMPONENT package EXCLUDE_FROM_ALL)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME vpaas)
set(CPACK_PACKAGE_VENDOR VPaaS)
set(CPACK_PACKAGE_CONTACT "VPaaS <maintainers@vpaas.invalid>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY
    "video analytics with neural networks across cameras, fog and cloud")
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION
"Nodes for cameras (vpaas-client), fog (vpaas-fog), cloud (vpaas-cloud) and
backend (vpaas-backend), and the tool that runs and asks them (vpaas). Units:
vpaas@fog.service and so on, each with /etc/vpaas/TIER.ini.")
set(CPACK_SET_DESTDIR ON)
set(CPACK_INSTALL_PREFIX /opt/vpaas)
set(CPACK_STRIP_FILES ON)
set(CPACK_COMPONENTS_ALL Unspecified package)
set(CPACK_COMPONENTS_GROUPING ALL_COMPONENTS_IN_ONE)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION video)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "libopenblas0-openmp, ca-certificates")
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS libsoci-postgresql4.0)
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "ffmpeg, postgresql, mosquitto")
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA
    ${PROJECT_SOURCE_DIR}/deploy/debian/postinst
    ${PROJECT_SOURCE_DIR}/deploy/debian/postrm)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
include(CPack)
