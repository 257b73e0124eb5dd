// PLC directory, PDS and AppView of Bluesky, as its own developers start them for tests; says READY when they answer.
import { TestNetwork } from '@atproto/dev-env'

await TestNetwork.create({
	plc: { port: 2582 },
	pds: { port: 2583, hostname: 'localhost', enableDidDocWithSession: true },
	bsky: { port: 2584, dbPostgresSchema: 'bsky' },
})
console.log('READY')
