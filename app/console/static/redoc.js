Redoc.init("/api/schema/", { disableSearch: false, hideDownloadButton: false, nativeScrollbars: true }, document.getElementById("reader"));
