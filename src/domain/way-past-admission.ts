/** What a server's refusals say of how to add a worker all the same; its pages say it in the words of their button. */
export const wayPastOfServer = 'add it with "force": true';
