/** What stands in #data: JSON, compressed by gzip, in base64. */
async function unpack() {
  const text = atob(document.getElementById("data").textContent);
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at++) bytes[at] = text.charCodeAt(at);
  const packed = new ReadableStream({
    start(controller) {
      controller.enqueue(bytes);
      controller.close();
    },
  });
  return new Response(packed.pipeThrough(new DecompressionStream("gzip"))).json();
}

/** The candidates of all posts, in order; each knows its post. */
function candidatesOf(posts) {
  return posts.flatMap((post) => post.candidates.map((candidate) => Object.assign(candidate, { post })));
}
