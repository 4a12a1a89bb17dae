import { AssignerProtocol, type PartitionAssigner } from 'kafkajs';

/**
 * Gives partition n of every topic to the same member, so that one replica handles all messages of a case, whatever
 * their topic. The library's own assigner deals partitions out topic by topic.
 */
export const coPartitioned: PartitionAssigner = ({ cluster }) => ({
  name: 'balagh-co-partitioned',
  version: 1,
  assign: async ({ members, topics }) => {
    const memberIds = members.map((member) => member.memberId).sort();
    const assignment = new Map(memberIds.map((id) => [id, new Map<string, number[]>()]));
    for (const topic of topics) {
      for (const { partitionId } of cluster.findTopicPartitionMetadata(topic)) {
        const owner = assignment.get(memberIds[partitionId % memberIds.length] ?? '');
        owner?.set(topic, [...(owner.get(topic) ?? []), partitionId]);
      }
    }
    return [...assignment].map(([memberId, partitions]) => ({
      memberId,
      memberAssignment: AssignerProtocol.MemberAssignment.encode({
        version: 1,
        assignment: Object.fromEntries(partitions),
        userData: Buffer.alloc(0),
      }),
    }));
  },
  protocol: ({ topics }) => ({
    name: 'balagh-co-partitioned',
    metadata: AssignerProtocol.MemberMetadata.encode({ version: 1, topics, userData: Buffer.alloc(0) }),
  }),
});
