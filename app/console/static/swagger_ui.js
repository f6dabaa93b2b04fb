SwaggerUIBundle({ url: "/api/schema/", dom_id: "#reader", persistAuthorization: true, docExpansion: "list", validatorUrl: null });
