console.log("shim");
